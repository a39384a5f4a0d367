"""The documents of a request as messages that can be written, and those that have to wait in quarantine."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from profiles.ingest.message_ids import hashed
from profiles.ingest.refusals import RefusedError
from profiles.ingest.rows import kind_of
from profiles.ingest.tracking import discovery, fields
from profiles.ingest.tracking.answers import bad
from profiles.ingest.tracking.known import Known
from profiles.ingest.tracking.messages import (
    MOST_EVENT_BYTES,
    Message,
    check_size,
    message_id_of,
    read_message,
)
from profiles.ingest.values import described
from profiles.models import Source, Unit

WHATS = {"identify": ("trait", Unit.PROFILE.value), "group": ("company trait", Unit.COMPANY.value)}


@dataclass(frozen=True, slots=True)
class Request:
    """Documents with what holds for all of them. `context` is of the whole batch."""

    source: Source
    documents: Sequence[Any]
    size: int
    context: Mapping[str, Any]
    sent: datetime | None
    received: datetime

    def whole(self, kind: str, document: Any) -> Any:
        """A message with what the request says around it, so that it can be taken alone."""
        if not isinstance(document, dict) or (kind == "batch" and not self.context):
            return document
        around = {} if kind == "batch" else {"type": kind}
        return {**document, **around, **({} if "context" in document else {"context": dict(self.context)})}


@dataclass(frozen=True, slots=True)
class Refused:
    """A message that cannot be taken, with the reason and the reason without the value."""

    hash: str
    reason: str
    kind: str
    document: str


@dataclass(frozen=True, slots=True)
class Told:
    """A message with its values in the form that is kept, None for what is taken away, and as it was sent."""

    message: Message
    values: dict[str, Any]
    document: Any


@dataclass(slots=True)
class Read:
    """What a request holds, read by the catalogue `known`."""

    known: Known
    messages: list[Told] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def parts_of(kind: str, document: dict[str, Any]) -> tuple[list[Any], Mapping[str, Any]]:
    """The messages of a body, and the context that they share. Raises `TrackingError` for a batch that is none."""
    if kind != "batch":
        return [document], {}
    batch, context = document.get("batch"), document.get("context")
    if not isinstance(batch, list):
        raise bad("invalid json: batch is missing or no list")
    if not batch:
        raise bad("empty batch payload")
    return batch, context if isinstance(context, dict) else {}


def read(request: Request, kind: str, known: Known) -> Read:
    """Read all messages; names that are new are entered in the catalogue. `kind` is the last part of the address.

    Raises `TrackingError` where the only message of the request has a wrong envelope.
    """
    documents = []
    messages = []
    refused = []
    for document in request.documents:
        try:
            message = _envelope(request, kind, document)
        except RefusedError as error:
            if kind != "batch":
                raise bad(str(error)) from error
            refused.append(refusal(request.whole(kind, document), str(error)))
            continue
        messages.append(message)
        documents.append(request.whole(kind, document))
    found = Read(discovery.discover(messages, known, request.source), refused=refused)
    for message, document in zip(messages, documents, strict=True):
        try:
            found.messages.append(Told(message, _values(message, found.known), document))
        except RefusedError as error:
            found.refused.append(refusal(document, str(error), message.hash))
    return found


def _envelope(request: Request, kind: str, document: object) -> Message:
    if not isinstance(document, dict):
        raise RefusedError(f"the message is {described(document)}, not an object")
    if request.size > MOST_EVENT_BYTES:
        check_size(document)
    own = document.get("context")
    context = own if isinstance(own, dict) and "groupId" in own else request.context
    named = str(document.get("type", "")) if kind == "batch" else kind
    return read_message(document, named, context, request.sent, request.received)


def _values(message: Message, known: Known) -> dict[str, Any]:
    if not message.values:
        return {}
    if not message.event:
        what, unit = WHATS[message.kind]
        return fields.stored(message.values, known.traits.get(unit, {}), what)
    event = known.events.get(message.event)
    if event is None:
        raise RefusedError(f"event {message.event!r} is not in the catalogue, which does not take its name or is full")
    found = fields.stored(message.values, event.properties, "property")
    return {key: value for key, value in found.items() if value is not None}


def refusal(document: object, reason: str, digest: str | None = None) -> Refused:
    """A message for the quarantine: known by its message id, or by what it says if that cannot be made out."""
    text = json.dumps(document)
    return Refused(digest or _digest(document, text), reason, kind_of(reason), text)


def _digest(document: object, text: str) -> str:
    try:
        given = message_id_of(document) if isinstance(document, dict) and document.get("messageId") else text
    except RefusedError:
        given = text
    return hashed(given)
