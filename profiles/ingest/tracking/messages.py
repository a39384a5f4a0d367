"""One message of the tracking API: whom it is about, when it happened, and the values that it carries."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from profiles.ingest.addresses import email_of, phone_of
from profiles.ingest.message_ids import hashed
from profiles.ingest.refusals import RefusedError
from profiles.ingest.tracking.times import happened
from profiles.ingest.values import described, identifier, shown, text
from profiles.models import Identity

KINDS = ("identify", "track", "page", "screen", "group", "alias")
VIEWS = {"page": "page_viewed", "screen": "screen_viewed"}
"""The event that a call stands for which has no name of an event."""
LONGEST_MESSAGE_ID = 100
MOST_EVENT_BYTES = 32_000
NOBODY = "request neither has anonymousId nor userId"
NOTHING = frozenset(
    {"0", "-1", "null", "none", "nil", "nan", "undefined", "unknown", "anonymous", "guest", "true", "false"}
    | {"[object object]", "00000000-0000-0000-0000-000000000000"}
)
"""What broken programs send in place of an id, in small letters: it is read as no id."""
COMPANY_KEYS = ("company_id", "companyId")
IDS_IN_TRAITS = frozenset({"external_id", "user_id", "anonymous_id", *COMPANY_KEYS})


@dataclass(slots=True)
class Message:
    """A message whose envelope is right. `named` is kind of identifier → value, strongest first.

    `values` are traits of the person (identify) or the company (group), or properties, as they were sent; of `removed`
    the person has no value any more. `event` is "" where it is no event.
    """

    kind: str
    message_id: str
    hash: str
    timestamp: datetime
    named: dict[str, str] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    previous: str = ""
    company: str = ""
    event: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


def message_id_of(document: Mapping[str, Any]) -> str:
    """The id that the sender gave, or a new one. Raises `RefusedError` for one that is too long."""
    given = document.get("messageId")
    if given is None or given == "":
        return f"registry:{uuid4()}"
    if not isinstance(given, str | int) or isinstance(given, bool):
        raise RefusedError(f"messageId is {described(given)}, not a text")
    found = text(str(given))
    if len(found) > LONGEST_MESSAGE_ID:
        raise RefusedError(f"messageId has {len(found)} characters; it may have {LONGEST_MESSAGE_ID}")
    return found


def read_message(
    document: Mapping[str, Any], kind: str, context: Mapping[str, Any], sent: datetime | None, received: datetime
) -> Message:
    """Read an envelope. `context` is what the message and the batch say of the circumstances. Raises `RefusedError`."""
    if kind not in KINDS:
        raise RefusedError(f"type is {shown(kind)}; it is one of {', '.join(KINDS)}")
    message_id = message_id_of(document)
    message = Message(kind, message_id, hashed(message_id), happened(document, sent, received))
    _read_ids(message, document)
    _READERS[kind](message, document)
    if not message.company:
        message.company = _id("groupId", context.get("groupId"))
    return message


def check_size(document: Mapping[str, Any]) -> None:
    """Raises `RefusedError` for a message that is too large."""
    size = len(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode(errors="replace"))
    if size > MOST_EVENT_BYTES:
        raise RefusedError(f"the event has {size:,} bytes; it may have {MOST_EVENT_BYTES:,}")


def _read_ids(message: Message, document: Mapping[str, Any]) -> None:
    user, anonymous = _id("userId", document.get("userId")), _id("anonymousId", document.get("anonymousId"))
    if user:
        message.named[Identity.Kind.EXTERNAL_ID] = user
    if anonymous:
        message.named[Identity.Kind.ANONYMOUS_ID] = anonymous
    if not message.named:
        raise RefusedError(NOBODY)


def _id(name: str, value: object) -> str:
    try:
        found = identifier(value)
    except RefusedError as error:
        raise RefusedError(f"{name} {error}") from error
    return "" if found.lower() in NOTHING else found


def _object(name: str, document: Mapping[str, Any]) -> dict[str, Any]:
    found = document.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise RefusedError(f"{name} is {described(found)}, not an object")
    return found


def _identify(message: Message, document: Mapping[str, Any]) -> None:
    traits = _object("traits", _object("context", document)) | _object("traits", document)  # RudderStack's are in there
    anonymous = message.named.pop(Identity.Kind.ANONYMOUS_ID, None)
    for kind, read, what in (
        (Identity.Kind.EMAIL, email_of, "e-mail address"),
        (Identity.Kind.PHONE, phone_of, "phone number"),
    ):
        if kind in traits:
            _read_address(message, kind, traits.pop(kind), read, what)
    if anonymous is not None:
        message.named[Identity.Kind.ANONYMOUS_ID] = anonymous
    company = traits.get("company")
    if isinstance(company, dict):
        del traits["company"]
        message.company = _id("traits.company.id", company.get("id"))
    for key in COMPANY_KEYS:
        message.company = message.company or _id(f"traits.{key}", traits.get(key))
    message.values = {key: value for key, value in traits.items() if key not in IDS_IN_TRAITS}


def _read_address(message: Message, kind: Identity.Kind, value: object, read: Any, what: str) -> None:
    said = _id(kind.value, value)
    if not said:
        message.removed.append(kind.value)
        return
    found = read(said)
    if found is None:
        raise RefusedError(f"{kind.value} is {shown(said)}, which is no {what}")
    message.named[kind] = found


def _track(message: Message, document: Mapping[str, Any]) -> None:
    message.event = _id("event", document.get("event"))
    if not message.event:
        raise RefusedError("event is missing: a track call names what happened")
    message.values = _object("properties", document)


def _view(message: Message, document: Mapping[str, Any]) -> None:
    message.event = VIEWS[message.kind]
    said = {key: document[key] for key in ("name", "category") if document.get(key) is not None}
    message.values = said | _object("properties", document)


def _group(message: Message, document: Mapping[str, Any]) -> None:
    message.company = _id("groupId", document.get("groupId"))
    if not message.company:
        raise RefusedError("groupId is missing: a group call names the company")
    traits = _object("traits", document)
    message.values = {key: value for key, value in traits.items() if key not in IDS_IN_TRAITS}


def _alias(message: Message, document: Mapping[str, Any]) -> None:
    message.previous = _id("previousId", document.get("previousId"))
    if not message.previous:
        raise RefusedError("previousId is missing: an alias call names the earlier id")
    if Identity.Kind.EXTERNAL_ID not in message.named:
        raise RefusedError("userId is missing: an alias call names the id from now on")


_READERS = {"identify": _identify, "track": _track, "page": _view, "screen": _view, "group": _group, "alias": _alias}
