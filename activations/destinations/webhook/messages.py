"""Messages to a receiver: one JSON document of bounded size, with an id that a repetition shares."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from activations.destinations.base import Record, RejectedError, Sync

CHANGED = "segment.membership.changed"
TEST = "connection.test"

Change = Literal["added", "removed"]


@dataclass(frozen=True)
class Message:
    """`records` are those whose entries the body holds."""

    id: str
    body: bytes
    records: tuple[Record, ...] = ()


def test_message() -> Message:
    """One that changes nothing; no two are alike."""
    now = datetime.now(UTC).isoformat()
    body = _json({"type": TEST, "timestamp": now, "data": {}})
    return Message(_id("test", now), body)


def entry(sync: Sync, record: Record, limit: int) -> bytes:
    """One member, as in the document: all columns of who is added, the key alone of who is removed.

    Raises `RejectedError` for one that no message of `limit` bytes could hold.
    """
    if record.values:
        names = (column.name for column in sync.columns)
        found = _json(dict(zip(names, record.values, strict=True)))
    else:
        found = _json({next(column.name for column in sync.columns if column.is_key): record.key})
    if len(_head(sync, "removed")) + len(found) + len(_TAIL) > limit:
        raise RejectedError(f"This member alone takes more than the {limit:,} bytes of a message.")
    return found


def messages(sync: Sync, change: Change, entries: Sequence[tuple[Record, bytes]], limit: int) -> Iterator[Message]:
    """As few messages as hold all entries, none longer than `limit` bytes."""
    head = _head(sync, change)
    batch: list[tuple[Record, bytes]] = []
    size = len(head) + len(_TAIL)
    for record, written in entries:
        if batch and size + len(written) + 1 > limit:
            yield _message(sync, head, batch)
            batch, size = [], len(head) + len(_TAIL)
        batch.append((record, written))
        size += len(written) + 1
    if batch:
        yield _message(sync, head, batch)


_TAIL = b"]}}"


def _head(sync: Sync, change: Change) -> bytes:
    """The document up to the first entry. Its list stands last, so that entries can be put in as they are."""
    as_of = sync.members_as_of.isoformat() if sync.members_as_of else None
    other: Change = "removed" if change == "added" else "added"
    document = {
        "type": CHANGED,
        "timestamp": as_of or datetime.now(UTC).isoformat(),
        "data": {
            "activation": sync.activation,
            "segment": sync.segment,
            "run": sync.run,
            "members_as_of": as_of,
            other: [],
            change: [],
        },
    }
    return _json(document).removesuffix(_TAIL)


def _message(sync: Sync, head: bytes, batch: Sequence[tuple[Record, bytes]]) -> Message:
    body = head + b",".join(written for _, written in batch) + _TAIL
    marks = " ".join(record.mark for record, _ in batch)
    digest = hashlib.sha256(body).hexdigest()
    return Message(_id(sync.activation, str(sync.run), marks, digest), body, tuple(record for record, _ in batch))


def _id(*parts: str) -> str:
    """A receiver takes two messages of one id for the same one."""
    return "msg_" + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:40]


def _json(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
