"""Messages that wait in quarantine: mended and taken, or thrown away."""

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit, policy
from accounts.actors import Actor
from accounts.policy import Action
from profiles.ingest.tracking import known, reading, store
from profiles.models import EventId, QuarantinedEvent


@transaction.atomic
def replay_event(*, actor: Actor, event: QuarantinedEvent, document: dict[str, Any]) -> None:
    """Take a message as it is mended, as if it had come so at the time that it came. Its message id stays.

    Raises `ValidationError` with the reason if it still cannot be taken.
    """
    policy.require(actor, Action.ADMINISTER)
    locked = _locked(event)
    given = json.loads(locked.document)
    if isinstance(given, dict) and given.get("messageId"):
        document = {**document, "messageId": given["messageId"]}
    request = reading.Request(
        locked.source, [document], len(json.dumps(document)), {}, locked.sent_at, locked.received_at
    )
    read = reading.read(request, "batch", known.load())
    if read.refused:
        raise ValidationError({"document": f"It still cannot be taken: {read.refused[0].reason}."})
    locked.delete()
    store.write(request, read)
    if not EventId.objects.filter(hash=read.messages[0].message.hash).exists():
        reason = QuarantinedEvent.objects.get(hash=read.messages[0].message.hash).reason
        raise ValidationError({"document": f"It still cannot be taken: {reason}."})
    audit.record(actor=actor, action="quarantine.replay", target=event, after={"reason": locked.kind})


@transaction.atomic
def discard_event(*, actor: Actor, event: QuarantinedEvent) -> None:
    """Throw a message away. Should it be sent again, it waits again."""
    policy.require(actor, Action.ADMINISTER)
    locked = _locked(event)
    locked.delete()
    audit.record(actor=actor, action="quarantine.discard", target=event, after={"reason": locked.kind})


def _locked(event: QuarantinedEvent) -> QuarantinedEvent:
    """Raises `ValidationError` if somebody else has taken or discarded it."""
    found = QuarantinedEvent.objects.select_for_update().filter(pk=event.pk).first()
    if found is None:
        raise ValidationError("Somebody else has just taken or discarded this message.")
    return found
