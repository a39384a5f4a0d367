"""When an event happened: the sender's clock corrected by ours."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from profiles.ingest.refusals import RefusedError
from profiles.ingest.values import FIRST_YEAR, described, instant


def read(name: str, value: object) -> datetime | None:
    """An instant that a message says; None where it says none. Raises `RefusedError`."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise RefusedError(f"{name} is {described(value)}, not a time such as 2026-01-31T08:30:00Z")
    try:
        return instant(value.strip(), UTC)
    except RefusedError as error:
        raise RefusedError(f"{name} {error}") from error


def sent_at(document: Mapping[str, Any]) -> datetime | None:
    """When the sender says it sent, by its own clock; None where that cannot be made out: it only serves to correct."""
    try:
        return read("sentAt", document.get("sentAt"))
    except RefusedError:
        return None


def happened(message: Mapping[str, Any], sent: datetime | None, received: datetime) -> datetime:
    """``received - (sent - original)``: how long ago it was when it was sent is true by any clock.

    Without `sent` the message's own time counts, without that the time of receipt. An event is never later than its
    receipt. Raises `RefusedError` for a time that is none.
    """
    said = message.get("originalTimestamp")
    original = read("timestamp", message.get("timestamp") if said is None else said)
    if original is None:
        return received
    own = sent_at(message) or sent
    if own is None:
        return min(original, received)
    corrected = received - (own - original)
    return min(corrected if corrected.year >= FIRST_YEAR else original, received)
