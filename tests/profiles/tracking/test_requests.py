"""Requests of the tracking API that are refused as a whole, with the status that makes a sender do the right thing."""

import json

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.actors import INSTALLATION
from profiles import changes
from profiles.ingest.tracking import limits
from profiles.models import QuarantinedEvent, TailEvent
from profiles.services import disable_source, enable_source, issue_write_key
from tests.profiles.tracking.sending import Answer, basic, batch, make_sender, track

pytestmark = pytest.mark.django_db(transaction=True)


def refused(answer: Answer) -> tuple[int, str]:
    """Status and message of a refusal, after which nothing was taken."""
    assert set(answer.body) == {"code", "message"}
    assert not TailEvent.objects.exists()
    assert not QuarantinedEvent.objects.exists()
    return answer.status, answer.body["message"]


def test_the_write_key_is_read_from_basic_with_or_without_a_colon_or_from_the_body() -> None:
    shop = make_sender()
    bare = basic(shop.key).replace(basic(""), "")
    assert shop.send("track", track("A")).status == 200
    assert shop.send("track", track("A"), Authorization=bare).status == 200
    assert shop.send("track", track("A", writeKey=shop.key), Authorization="").status == 200
    assert shop.send("track", track("A", writeKey=shop.key), Authorization="Bearer some-token").status == 200
    assert TailEvent.objects.count() == 4


def test_a_wrong_missing_old_or_disabled_key_is_refused() -> None:
    shop = make_sender()
    assert refused(shop.send("track", track("A"), Authorization=basic("wrong"))) == (401, "invalid write key")
    assert refused(shop.send("track", track("A"), Authorization=""))[0] == 401
    assert refused(shop.send("track", track("A"), Authorization="Basic !"))[0] == 401
    disable_source(actor=INSTALLATION, source=shop.source)
    assert refused(shop.send("track", track("A"))) == (404, "source is disabled")
    enable_source(actor=INSTALLATION, source=shop.source)
    issue_write_key(actor=INSTALLATION, source=shop.source)
    assert refused(shop.send("track", track("A"))) == (401, "invalid write key")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "request body is nil"),
        (b"{", "invalid json"),
        (b"[]", "invalid json: the body must be an object"),
        (b'{"batch": [NaN]}', "invalid json"),
        (b"[" * 100_000, "invalid json"),
        (b'{"batch": []}', "empty batch payload"),
        (b'{"batch": 1}', "invalid json: batch is missing or no list"),
    ],
)
def test_a_body_that_is_no_batch_is_refused(body: bytes, message: str) -> None:
    assert refused(make_sender().post("batch", body)) == (400, message)


def test_the_only_message_of_a_request_is_refused_where_its_envelope_is_wrong() -> None:
    answer = make_sender().send("track", {"event": "A"})
    assert refused(answer) == (400, "request neither has anonymousId nor userId")
    assert answer.body["code"] == "bad_request"


def test_gzip_is_read_and_broken_or_other_encodings_are_refused() -> None:
    shop = make_sender()
    body = json.dumps(batch(track("A"))).encode()
    assert refused(shop.post("batch", body, **{"Content-Encoding": "gzip"}))[0] == 400
    assert refused(shop.post("batch", body, **{"Content-Encoding": "br"}))[0] == 415
    assert shop.zipped("batch", batch(track("A"))).status == 200
    assert TailEvent.objects.count() == 1


def test_more_than_500_kilobytes_are_taken_and_more_than_4_megabytes_refused_packed_or_not() -> None:
    shop = make_sender()
    large = batch(track("A", properties={"note": "x" * 30_000}))
    assert refused(shop.send("batch", batch(*large["batch"] * 140)))[0] == 413
    assert refused(shop.zipped("batch", batch(*large["batch"] * 140)))[0] == 413
    assert shop.send("batch", batch(*large["batch"] * 17)).status == 200
    assert TailEvent.objects.count() == 17


def test_only_post_is_answered_and_unknown_calls_are_not_found() -> None:
    answer = Client().get("/v1/track")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert Client().post("/v1/trick").status_code == 404


def test_a_source_that_asks_too_often_is_told_to_wait(settings: Settings) -> None:
    settings.TRACKING_RATE = 0
    answer = make_sender().send("track", track("A"))
    assert refused(answer) == (429, "max requests limit reached")
    assert answer.headers["Retry-After"] == "1"


def test_while_the_lake_is_behind_senders_are_told_to_come_later(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = make_sender()
    monkeypatch.setattr(limits, "LOOK_EVERY", 0)
    monkeypatch.setattr(changes, "OVERLAY_ROWS", 2)
    answers = [shop.send("batch", batch(track("A"))) for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 503]
    assert answers[-1].headers["Retry-After"] == "1"
    assert TailEvent.objects.count() == 3


def test_when_all_places_are_taken_a_sender_is_told_to_come_later(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = make_sender()
    monkeypatch.setattr(limits, "PATIENCE", 0.01)
    with limits.place(), limits.place(), limits.place():
        answer = shop.send("track", track("A"))
    assert refused(answer)[0] == 503
    assert answer.headers["Retry-After"] == "1"
    assert shop.send("track", track("A")).status == 200
