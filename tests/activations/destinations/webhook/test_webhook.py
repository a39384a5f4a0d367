"""What goes over the wire, and what comes of each answer."""

import base64
import json
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from pytest_django import Settings

from activations import connections
from activations.destinations.base import (
    Column,
    ColumnType,
    Fate,
    MisconfiguredError,
    Mode,
    OrderedAnswer,
    Record,
    Sync,
    TransientError,
)
from activations.destinations.base_emulator import FAULTS
from activations.destinations.webhook import WebhookDestination, signatures
from lib.http.addresses import AllowList
from tests.activations.contract import COLUMNS
from tests.activations.destinations.webhook.emulator import OTHER_SECRET, SECRET, Receiver

AS_OF = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
WIDE = (
    *COLUMNS,
    Column("score", ColumnType.NUMBER),
    Column("paying", ColumnType.BOOLEAN),
    Column("tags", ColumnType.LIST),
)


def config(receiver: Receiver, **other: str) -> dict[str, str]:
    return {"url": receiver.url, "secret": SECRET, "size": "256"} | other


def a_sync(run: int = 1, attempt: int = 1, columns: tuple[Column, ...] = COLUMNS) -> Sync:
    return Sync(run, attempt, "vip-there", "vip", Mode.MIRROR, columns, AS_OF)


def someone(email: str, *values: Any, mark: str = "1.0") -> Record:
    return Record(email, (email, *(values or ("pro",))), mark=mark)


def add(receiver: Receiver, records: Sequence[Record], sync: Sync | None = None, **other: str) -> OrderedAnswer:
    with closing(WebhookDestination(config(receiver, **other))) as webhook:
        webhook.begin(sync or a_sync())
        answer = webhook.add(records)
    assert isinstance(answer, OrderedAnswer)
    return answer


def remove(receiver: Receiver, records: Sequence[Record], sync: Sync | None = None) -> None:
    with closing(WebhookDestination(config(receiver))) as webhook:
        webhook.begin(sync or a_sync())
        webhook.remove(records)


def test_the_signature_is_that_of_the_specification() -> None:
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    signed = signatures.sign([key], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_message_says_who_came_with_all_columns(receiver: Receiver) -> None:
    people = [someone("ann@a.io", "pro", 3.5, True, ["x", "y"]), someone("bob@a.io", None, 7, False, None)]
    add(receiver, people, a_sync(columns=WIDE))
    [call] = receiver.calls
    assert call.document == {
        "type": "segment.membership.changed",
        "timestamp": "2026-11-22T06:00:00+00:00",
        "data": {
            "activation": "vip-there",
            "segment": "vip",
            "run": 1,
            "members_as_of": "2026-11-22T06:00:00+00:00",
            "added": [
                {"email": "ann@a.io", "plan": "pro", "score": 3.5, "paying": True, "tags": ["x", "y"]},
                {"email": "bob@a.io", "plan": None, "score": 7, "paying": False, "tags": None},
            ],
            "removed": [],
        },
    }
    assert call.headers["content-type"] == "application/json"


def test_a_message_says_who_left_by_key_only(receiver: Receiver) -> None:
    remove(receiver, [Record("ann@a.io", mark="1.1")])
    data = receiver.calls[0].document["data"]
    assert (data["added"], data["removed"]) == ([], [{"email": "ann@a.io"}])


def test_a_repetition_has_the_same_id_and_the_same_bytes(receiver: Receiver) -> None:
    for attempt in (1, 2):
        add(receiver, [someone("ann@a.io")], a_sync(attempt=attempt))
    first, second = receiver.calls
    assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)
    assert receiver.repeated == 1
    assert receiver.refused == []


@pytest.mark.parametrize(
    ("record", "sync"),
    [
        (someone("ann@a.io", "free"), a_sync()),
        (someone("ann@a.io", mark="1.1"), a_sync()),
        (someone("ann@a.io"), a_sync(run=2)),
        (someone("bob@a.io"), a_sync()),
    ],
)
def test_whatever_is_another_message_has_another_id(record: Record, sync: Sync, receiver: Receiver) -> None:
    add(receiver, [someone("ann@a.io")])
    add(receiver, [record], sync)
    first, second = (call.headers["webhook-id"] for call in receiver.calls)
    assert first != second
    assert first.startswith("msg_")
    assert "." not in first


def test_two_secrets_sign_while_one_is_replaced(receiver: Receiver) -> None:
    receiver.secrets = (OTHER_SECRET,)
    add(receiver, [someone("ann@a.io")], secret=f"{SECRET} {OTHER_SECRET}")
    add(receiver, [someone("bob@a.io")], secret=f"{OTHER_SECRET} {SECRET}")
    assert set(receiver.held) == {"ann@a.io", "bob@a.io"}
    assert len(receiver.calls[0].headers["webhook-signature"].split(" ")) == 2


@pytest.mark.parametrize(("size", "limit"), [("20", 20_000), ("256", 256_000)])
def test_messages_are_no_larger_than_their_limit_and_as_few_as_can_be(
    size: str, limit: int, receiver: Receiver
) -> None:
    people = [someone(f"p{number}@a.io", "ü" * 500) for number in range(500)]
    answer = add(receiver, people, size=size)
    sizes = [len(call.body) for call in receiver.calls]
    assert max(sizes) <= limit
    assert all(one + two > limit for one, two in pairwise(sizes))
    assert len(receiver.held) == 500
    assert {outcome.fate for outcome in answer.outcomes} == {Fate.DONE}


def test_whom_no_message_can_hold_is_refused_alone(receiver: Receiver) -> None:
    answer = add(receiver, [someone("ann@a.io"), someone("big@a.io", "x" * 30_000), someone("cid@a.io")], size="20")
    assert [outcome.fate for outcome in answer.outcomes] == [Fate.DONE, Fate.REJECTED, Fate.DONE]
    assert "20,000 bytes" in answer.outcomes[1].reason
    assert set(receiver.held) == {"ann@a.io", "cid@a.io"}


@pytest.mark.parametrize("status", [500, 501, 502, 503, 504, 599, 408, 425, 429])
def test_these_answers_are_tried_again_after_what_the_receiver_asks(status: int, receiver: Receiver) -> None:
    receiver.status, receiver.headers = status, {"Retry-After": "7"}
    with pytest.raises(TransientError, match=f"with {status}") as raised:
        add(receiver, [someone("ann@a.io")])
    assert raised.value.retry_after == timedelta(seconds=7)


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if not fault.isdigit()])
def test_no_whole_answer_is_tried_again(fault: str, receiver: Receiver) -> None:
    receiver.faults = [fault]
    with pytest.raises(TransientError):
        add(receiver, [someone("ann@a.io"), someone("bob@a.io")])
    add(receiver, [someone("ann@a.io"), someone("bob@a.io")])
    assert set(receiver.held) == {"ann@a.io", "bob@a.io"}


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (301, "Redirects are not followed"), (302, "Redirects are not followed"), (304, "Redirects are not followed"),
        (308, "Redirects are not followed"), (400, "look into its log"), (401, "compare the signing secret"),
        (403, "compare the signing secret"), (404, "written right"), (405, "takes a POST"), (409, "log"),
        (410, "wants no more messages"), (413, "smaller largest message"), (418, "log"), (422, "log"),
    ],
)  # fmt: skip
def test_these_answers_stop_the_activation(status: int, words: str, receiver: Receiver) -> None:
    receiver.status, receiver.headers = status, {"Location": "http://127.0.0.1:1/"}
    with pytest.raises(MisconfiguredError, match=words):
        add(receiver, [someone("ann@a.io")])
    assert len(receiver.calls) == 1


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_every_answer_of_success_is_one(status: int, receiver: Receiver) -> None:
    receiver.status = status
    assert add(receiver, [someone("ann@a.io")]).outcomes[0].fate == Fate.DONE


@pytest.mark.parametrize("status", [200, 400, 500])
def test_the_words_of_a_receiver_and_our_secrets_are_not_repeated(status: int, receiver: Receiver) -> None:
    receiver.status = status
    wrong = "401" if status == 200 else ""
    with pytest.raises((TransientError, MisconfiguredError)) as raised:
        add(receiver, [someone("ann@a.io")], secret=OTHER_SECRET if wrong else SECRET)
    chain = []
    error: BaseException | None = raised.value
    while error:
        chain.append(f"{error} {error!r}")
        error = error.__cause__ or error.__context__
    text = " ".join(chain)
    for secret in ("own words", SECRET, OTHER_SECRET, "the secret is", "/hook"):
        assert secret not in text


def test_the_check_sends_a_signed_message_that_changes_nothing(receiver: Receiver) -> None:
    WebhookDestination(config(receiver)).check()
    [call] = receiver.calls
    assert (call.document["type"], call.document["data"]) == ("connection.test", {})
    assert (receiver.held, receiver.refused) == ({}, [])


@pytest.fixture
def closed(settings: Settings) -> None:
    """As in production, nothing private may be called."""
    settings.OUTBOUND_ALLOW = AllowList()


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/", "http://127.0.0.1:6379/", "http://2130706433/", "file:///etc/passwd",
        "http://[::1]/", "https://user:pass@example.com/", "https://example.com:22/", "nonsense", "",
    ],
)  # fmt: skip
def test_an_address_within_is_refused_when_it_is_entered(url: str, closed: None) -> None:
    with pytest.raises(ValidationError) as refusal:
        connections.stored("webhook", {"url": url, "secret": SECRET})
    assert "url: " in refusal.value.messages[0]


def test_an_address_within_that_was_stored_is_not_called(receiver: Receiver, closed: None) -> None:
    with pytest.raises(MisconfiguredError, match="not on the public internet"):
        WebhookDestination(config(receiver)).check()
    assert receiver.calls == []


@pytest.mark.parametrize(
    "secret",
    ["", "whsec_", "whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", f"{SECRET},{SECRET}", "whsec_" + "A" * 200],
)
def test_a_wrong_secret_is_refused_and_not_repeated(secret: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        connections.stored("webhook", {"url": "https://example.com/", "secret": secret})
    assert len(secret) < 10 or secret not in str(refusal.value.messages)


def test_a_secret_of_too_few_bytes_is_said_before_anything_is_sent(receiver: Receiver) -> None:
    with pytest.raises(MisconfiguredError, match="24 to 64 random bytes"):
        add(receiver, [someone("ann@a.io")], secret="whsec_c2hvcnQ=")
    assert receiver.calls == []


def test_bodies_are_compact_json_in_utf_8(receiver: Receiver) -> None:
    add(receiver, [someone("zoë@a.io")])
    body = receiver.calls[0].body
    assert "zoë@a.io".encode() in body
    assert body == json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":")).encode()
