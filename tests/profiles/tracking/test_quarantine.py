"""Messages that could not be taken: seen, mended and taken, or discarded, by API and on the page."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.actors import INSTALLATION
from accounts.models import AuditEntry
from profiles.models import Merge, QuarantinedEvent, SharedIdentity, TailEvent
from profiles.services import discard_event, replay_event
from tests.accounts.cast import make_administrator, make_person
from tests.api import world
from tests.profiles.ingest.customers import lake, profile
from tests.profiles.tracking.sending import batch, identify, make_sender, track

pytestmark = pytest.mark.django_db(transaction=True)

WRONG = track("Order", properties={"total": "12"}, messageId="m1", timestamp="2026-01-01T10:00:00Z")


def one_waits() -> QuarantinedEvent:
    """A message whose total is a text."""
    shop = make_sender()
    shop.send("track", track("Order", "u2", properties={"total": 1}))
    shop.send("batch", batch(WRONG, sentAt="2026-01-01T10:00:00Z", context={"groupId": "acme"}))
    return QuarantinedEvent.objects.get()


def test_a_mended_message_is_taken_as_if_it_had_come_so() -> None:
    event = one_waits()
    mended = json.loads(event.document) | {"properties": {"total": 12}, "messageId": "other"}
    replay_event(actor=INSTALLATION, event=event, document=mended)
    taken = TailEvent.objects.get(message_id="m1")
    assert taken.timestamp == taken.received_at == event.received_at
    assert (taken.profile, str(taken.company), taken.properties) == (profile("u1"), "acme", {"total": 12})
    assert lake('SELECT sum(total) FROM "order"') == [(13.0,)]
    assert not QuarantinedEvent.objects.exists()


def test_what_still_cannot_be_taken_stays_as_it_was() -> None:
    event = one_waits()
    with pytest.raises(ValidationError, match='property total is the boolean "true", not a number'):
        replay_event(actor=INSTALLATION, event=event, document=WRONG | {"properties": {"total": True}})
    SharedIdentity.objects.create(kind="anonymous_id", value="kiosk")
    nobody = {"type": "track", "event": "Order", "anonymousId": "kiosk"}
    with pytest.raises(ValidationError, match="is used by too many people"):
        replay_event(actor=INSTALLATION, event=event, document=nobody)
    assert QuarantinedEvent.objects.get().document == event.document
    assert TailEvent.objects.count() == 1


def test_the_only_message_of_a_request_can_be_replayed_too() -> None:
    shop = make_sender()
    shop.send("identify", identify(age=1))
    shop.send("identify", {"userId": "u1", "traits": {"age": "2"}})
    event = QuarantinedEvent.objects.get()
    replay_event(actor=INSTALLATION, event=event, document=json.loads(event.document) | {"traits": {"age": 2}})
    assert profile("u1").traits == {"age": 2}


def test_a_message_is_mended_or_discarded_once() -> None:
    event = one_waits()
    discard_event(actor=INSTALLATION, event=event)
    assert not QuarantinedEvent.objects.exists()
    with pytest.raises(ValidationError, match="Somebody else"):
        replay_event(actor=INSTALLATION, event=event, document=WRONG | {"properties": {}})
    assert TailEvent.objects.count() == 1


def test_the_api_lists_replays_and_discards() -> None:
    event = one_waits()
    client = world.program_of(make_administrator(), ["pii:read", "admin"])
    [told] = client.get("/api/v1/quarantine", {"kind": event.kind, "source": "shop"}).json()["results"]
    assert told["document"]["properties"] == {"total": "12"}
    assert told["reason"] == 'property total is the text "12", not a number'
    assert AuditEntry.objects.filter(action="quarantine.read").count() == 1
    address = f"/api/v1/quarantine/{event.pk}"
    bad = client.post(f"{address}/replay", {"document": told["document"]}, content_type="application/json")
    assert (bad.status_code, QuarantinedEvent.objects.count()) == (400, 1)
    mended = told["document"] | {"properties": {"total": 2}}
    good = client.post(f"{address}/replay", {"document": mended}, content_type="application/json")
    assert (good.status_code, QuarantinedEvent.objects.count()) == (200, 0)
    assert client.delete(address).status_code == 404


def test_the_api_lists_merges_of_everybody_and_of_one() -> None:
    shop = make_sender()
    for user in ("u1", "u2"):
        visit = {"anonymousId": f"a-{user}", "event": "Visit"}
        shop.send("track", visit)
        shop.send("track", track("Visit", user))
        shop.send("track", visit | {"userId": user})
    client = world.program_of(make_administrator(), ["pii:read"])
    assert len(client.get("/api/v1/merges").json()["results"]) == 2
    [found] = client.get("/api/v1/merges", {"profile": "u1"}).json()["results"]
    merge = Merge.objects.get(value="a-u1")
    assert (found["stays"], found["gone"], found["by"]) == (profile("u1").pk, merge.gone, "anonymous_id")


def test_the_page_shows_reasons_and_takes_what_is_mended(client: Client) -> None:
    event = one_waits()
    client.force_login(make_administrator())
    page = client.get("/data/quarantine/").content.decode()
    assert "property total is the text ..., not a number" in page
    assert "&quot;total&quot;: &quot;12&quot;" in page
    address = f"/data/quarantine/{event.pk}/replay/"
    again = client.post(address, {f"{event.pk}-document": "{"})
    assert (again.status_code, QuarantinedEvent.objects.count()) == (422, 1)
    mended = json.dumps(WRONG | {"properties": {"total": 12}})
    assert client.post(address, {f"{event.pk}-document": mended}).status_code == 302
    assert "The message was taken." in client.get("/data/quarantine/").content.decode()
    assert TailEvent.objects.filter(message_id="m1").exists()


def test_who_may_only_see_customers_sees_the_page_and_mends_nothing(client: Client) -> None:
    event = one_waits()
    client.force_login(make_person("reader", sees_personal_data=True))
    page = client.get("/data/quarantine/").content.decode()
    assert "Take it" not in page
    assert client.post(f"/data/quarantine/{event.pk}/discard/").status_code == 403
    assert QuarantinedEvent.objects.exists()
