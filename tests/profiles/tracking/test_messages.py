"""What the calls of the tracking API leave: events in the tail, traits, people and companies."""

from datetime import timedelta
from typing import Any

import pytest

from lib import clock
from profiles.models import ChangedProfile, Company, EventId, Identity, Profile, QuarantinedEvent, TailEvent
from tests.profiles.ingest.customers import identities, lake, profile, traits, types
from tests.profiles.tracking.sending import batch, identify, make_sender, track

pytestmark = pytest.mark.django_db(transaction=True)


def events() -> list[tuple[str, Any]]:
    """The events that wait, with their properties."""
    return list(TailEvent.objects.order_by("id").values_list("event_type__name", "properties"))


def test_a_track_call_is_an_event_that_the_next_snapshot_sees() -> None:
    shop = make_sender()
    sent = track("Order Completed", properties={"total": 12.5, "paid": True, "tags": ["b", "a"], "note": None})
    answer = shop.send("track", sent)
    assert (answer.status, answer.body) == (200, {"success": True})
    [event] = TailEvent.objects.all()
    assert (event.event_type.name, event.source, event.profile) == ("Order Completed", shop.source, profile("u1"))
    assert event.properties == {"total": 12.5, "paid": True, "tags": ["a", "b"]}
    assert lake("SELECT user_id, total, paid, tags FROM order_completed") == [
        (profile("u1").pk, 12.5, True, ["a", "b"])
    ]
    assert lake("SELECT id FROM users") == [(profile("u1").pk,)]


def test_an_identify_call_sets_traits_and_identifiers_and_null_takes_them_away() -> None:
    shop = make_sender()
    assert shop.send("identify", identify(plan="pro", age=40, email=" Ada@Example.org ", phone="+44 1")).status == 200
    assert types() == {"plan": "text", "age": "number"}
    assert traits("u1") == {"plan": "pro", "age": 40}
    assert identities("u1") == {("external_id", "u1"), ("email", "ada@example.org"), ("phone", "+44 1")}
    shop.send("identify", identify(plan=None, phone=None, email="new@example.org"))
    assert traits("u1") == {"age": 40}
    assert identities("u1") == {("external_id", "u1"), ("email", "new@example.org")}
    assert set(ChangedProfile.objects.values_list("profile_id", flat=True)) == {profile("u1").pk}


def test_pages_and_screens_are_events_with_their_name_among_the_properties() -> None:
    shop = make_sender()
    shop.send("page", {"anonymousId": "a", "name": "Pricing", "properties": {"path": "/pricing"}})
    shop.send("screen", {"anonymousId": "a", "name": "Home", "category": "app"})
    assert events() == [
        ("page_viewed", {"name": "Pricing", "path": "/pricing"}),
        ("screen_viewed", {"name": "Home", "category": "app"}),
    ]
    assert list(Profile.objects.values_list("lasting", flat=True)) == [False]
    assert not ChangedProfile.objects.exists()


def test_a_group_call_describes_a_company_and_its_person_belongs_to_it() -> None:
    shop = make_sender()
    shop.send("track", track("Log in", context={"groupId": "acme"}))
    assert lake("SELECT account_id FROM log_in") == [(Company.objects.get().pk,)]
    assert lake("SELECT id FROM accounts") == []
    shop.send("group", {"userId": "u1", "groupId": "acme", "traits": {"size": 12}})
    assert lake("SELECT size FROM accounts") == [(12.0,)]
    assert lake("SELECT company_id FROM users") == [(Company.objects.get(external_id="acme").pk,)]


@pytest.mark.parametrize("said", [{"company_id": 7}, {"companyId": "7"}, {"company": {"id": "7", "name": "Seven"}}])
def test_a_company_among_the_traits_is_the_person_s_company_and_no_trait(said: dict[str, Any]) -> None:
    make_sender().send("identify", identify(plan="pro", **said))
    assert str(profile("u1").company) == "7"
    assert traits("u1") == {"plan": "pro"}


def test_a_batch_is_taken_in_its_order_with_what_it_says_for_all() -> None:
    shop = make_sender()
    messages = [identify(plan="a"), track("Log in"), identify(plan="b"), track("Log in", user=17, anonymousId="x")]
    assert shop.send("batch", batch(*messages, context={"groupId": "acme"})).status == 200
    assert traits("u1") == {"plan": "b"}
    assert identities("17") == {("external_id", "17"), ("anonymous_id", "x")}
    assert [event.company_id for event in TailEvent.objects.all()] == [Company.objects.get().pk] * 2


def test_a_message_counts_once_however_often_it_comes_and_by_whichever_source() -> None:
    shop, app = make_sender(), make_sender("app")
    message = track("Log in", messageId="m1")
    assert shop.send("batch", batch(message, message)).status == 200
    assert app.send("track", message).status == 200
    assert app.send("identify", identify(plan="late") | {"messageId": "m1"}).status == 200
    assert TailEvent.objects.count() == EventId.objects.count() == 1
    assert traits("u1") == {}


def test_messages_without_an_id_are_each_their_own() -> None:
    shop = make_sender()
    for _ in range(2):
        shop.send("track", track("Log in"))
    assert TailEvent.objects.values("message_id").distinct().count() == 2


def test_the_sender_s_clock_is_corrected_by_ours() -> None:
    message = track("Log in", timestamp="2026-01-01T10:00:00.000Z")
    before = clock.now()
    make_sender().send("batch", batch(message, sentAt="2026-01-01T10:05:00+00:00"))
    [event] = TailEvent.objects.all()
    assert event.timestamp == event.received_at - timedelta(minutes=5)
    assert before <= event.received_at <= clock.now()


@pytest.mark.parametrize(
    ("said", "sent", "ago"),
    [
        ("2026-01-01T10:00:00Z", None, None),
        (None, "2026-01-01T10:00:00Z", timedelta()),
        ("2030-01-01T10:00:00Z", "2026-01-01T10:00:00Z", timedelta()),
        ("2099-01-01T10:00:00Z", None, timedelta()),
        ("2026-01-01T10:00:00Z", "no time", None),
    ],
)
def test_a_time_is_never_later_than_the_receipt(said: str | None, sent: str | None, ago: timedelta | None) -> None:
    make_sender().send("batch", batch(track("Log in", timestamp=said), sentAt=sent))
    [event] = TailEvent.objects.all()
    if ago is None:
        assert f"{event.timestamp:%Y-%m-%dT%H:%M:%S}" == "2026-01-01T10:00:00"
    else:
        assert event.timestamp == event.received_at - ago


def test_objects_are_taken_apart_and_lists_of_anything_but_texts_left_out() -> None:
    shipped = {"to": {"city": "Kyiv", "zip": {"code": "01"}}, "items": [{"sku": 1}], "sizes": [1, 2], "empty": {}}
    make_sender().send("track", track("Ship", properties=shipped))
    assert events() == [("Ship", {"to.city": "Kyiv", "to.zip.code": "01"})]


def test_a_bad_message_waits_with_its_reason_and_the_rest_of_the_batch_goes_in() -> None:
    shop = make_sender()
    shop.send("track", track("Order", properties={"total": 1}))
    wrong: list[tuple[object, str]] = [
        (track("Order", properties={"total": "1"}), 'property total is the text "1", not a number'),
        ({"type": "track", "event": "Order"}, "request neither has anonymousId nor userId"),
        (track("Order", user="null"), "request neither has anonymousId nor userId"),
        (track("Order", messageId="m" * 101), "messageId has 101 characters; it may have 100"),
        (track("Order", timestamp="yesterday"), 'timestamp is "yesterday", not a date or time'),
        (track("Order", user={"a": 1}), "userId is an object, which is no id"),
        (identify(email="no address"), 'email is "no address", which is no e-mail address'),
        ({"type": "trick", "userId": "u1"}, 'type is "trick"; it is one of'),
        ("text", 'the message is the text "text", not an object'),
        ({"type": "track", "userId": "u1"}, "event is missing"),
        ({"type": "group", "userId": "u1"}, "groupId is missing"),
        (track("Order", properties={"note": "x" * 33_000}), "the event has 33,0"),
        (track("Order", properties={"note": "a\0b"}), "property note holds the character U+0000"),
    ]
    assert shop.send("batch", batch(*(message for message, _ in wrong), track("Order"))).status == 200
    assert TailEvent.objects.count() == 2
    reasons = sorted(QuarantinedEvent.objects.values_list("reason", flat=True))
    for _, reason in wrong:
        assert any(found.startswith(reason) for found in reasons), (reason, reasons)
    assert len(reasons) == len(wrong)


def test_a_bad_message_that_is_sent_again_waits_once() -> None:
    shop = make_sender()
    for _ in range(2):
        shop.send("batch", batch({"type": "track", "messageId": "m1"}, {"type": "track"}))
    assert QuarantinedEvent.objects.count() == 2
    assert not Identity.objects.exists()
