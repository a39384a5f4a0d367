"""An event that somebody of the staff sends about one person, to see what follows from it."""

import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from accounts import audit, policy
from accounts.actors import Actor
from accounts.models import Team
from accounts.policy import Action
from lib import clock
from profiles.ingest.database import again_if_lost
from profiles.ingest.tracking import known, reading, store
from profiles.models import EventType, Identity, Profile, QuarantinedEvent, Source

SOURCE = {"key": "test-events", "name": "Test events"}
"""What such events are from; it has no write key, so nobody else sends as it."""

_ID_FIELDS = {Identity.Kind.EXTERNAL_ID.value: "userId", Identity.Kind.ANONYMOUS_ID.value: "anonymousId"}


def send_test_event(
    *, actor: Actor, team: Team, profile: Profile, event_type: EventType, properties: Mapping[str, Any]
) -> None:
    """Take an event of now as if a program had sent it over the tracking API. It is real: it counts, moves members and
    is sent on by activations. `team` is the one for which the actor does it.

    Raises `ValidationError` for values that the catalogue does not take, and for a person without an id to send by.
    """
    policy.require(actor, Action.IMPORT, team)
    document = {
        "type": "track",
        "event": event_type.name,
        "properties": dict(properties),
        **_id_of(profile),
    }
    told = {"profile": profile.pk, "properties": sorted(properties)}

    def send() -> None:
        _take(document)
        audit.record(actor=actor, action="event.send_test", target=event_type, team=team, after=told)

    again_if_lost(send)


def _id_of(profile: Profile) -> dict[str, str]:
    """The person's first customer id, else the first anonymous id, as a message has it."""
    named = Identity.objects.filter(profile=profile, kind__in=_ID_FIELDS)
    first = named.order_by("-kind", "value").values_list("kind", "value").first()
    if first is None:
        raise ValidationError("Events name people by customer id or anonymous id, and this one has neither.")
    kind, value = first
    return {_ID_FIELDS[kind]: value}


def _take(document: Mapping[str, Any]) -> None:
    source, _ = Source.objects.get_or_create(key=SOURCE["key"], defaults=SOURCE)
    request = reading.Request(source, [document], len(json.dumps(document)), {}, None, clock.now())
    read = reading.read(request, "batch", known.load())
    if read.refused:
        raise ValidationError({"properties": f"This event was not taken: {read.refused[0].reason}."})
    store.write(request, read)
    waiting = QuarantinedEvent.objects.filter(hash=read.messages[0].message.hash).first()
    if waiting is not None:
        raise ValidationError(f"This event was not taken: {waiting.reason}.")
