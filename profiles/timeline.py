"""What one person did: their events, newest first, from the lake and from what is not in it yet, over one snapshot.

Files of events are sorted by the person's id, so DuckDB reads a small part of each.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from accounts import policy
from accounts.actors import Actor
from accounts.policy import Action
from profiles.lake.files import quoted
from profiles.lake.layout import TRACKS, load_layouts
from profiles.lake.snapshot import Snapshot, TableScan, read_snapshot
from profiles.models import EventType

_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of a person; its name as it was sent."""

    name: str
    at: datetime
    message_id: str


@dataclass(frozen=True, slots=True)
class Place:
    """The last event of a page: what follows is older, or as old and before it by message id."""

    at: datetime
    message_id: str


def events_of(
    *, actor: Actor, profile_id: int, limit: int, after: Place | None = None, names: Collection[str] | None = None
) -> list[Happened]:
    """Up to `limit` events behind a place, newest first; only of these `names`, where they are given.

    Raises `PermissionDenied` for who may not see personal data. Not to be called within a transaction.
    """
    policy.require(actor, Action.READ_PERSONAL)
    where = ["user_id = $profile"]
    given: dict[str, Any] = {"profile": profile_id, "limit": limit}
    if after is not None:
        where.append('("timestamp", message_id) < ($at, $message)')
        given |= {"at": after.at, "message": after.message_id}
    if names is not None:
        where.append("list_contains($names, event)")
        given["names"] = list(names)
    sql = (
        f'SELECT event, "timestamp", message_id FROM {TRACKS} WHERE {" AND ".join(where)}'  # noqa: S608  our own words
        ' ORDER BY "timestamp" DESC, message_id DESC LIMIT $limit'
    )
    scan = {TRACKS: TableScan(end=after.at + _MOMENT if after else None)}
    rows = read_snapshot(lambda snapshot: _rows(snapshot, sql, given), scan)
    return [Happened(row["event"], row["timestamp"], row["message_id"]) for row in rows]


def properties_of(*, actor: Actor, profile_id: int, event_type: EventType, place: Place) -> Mapping[str, Any] | None:
    """What was sent with one event, by property key, without what is missing; None if there is no such event.

    Raises `PermissionDenied`.
    """
    policy.require(actor, Action.READ_PERSONAL)
    layout = load_layouts()[event_type.table]
    keys = {column.name: column.key for column in layout.columns if column.key is not None}
    scan = {layout.name: TableScan(frozenset(keys), place.at, place.at + _MOMENT)}
    sql = (
        f'SELECT * FROM {quoted(layout.name)} WHERE user_id = $profile AND "timestamp" = $at'  # noqa: S608  the catalogue's
        " AND message_id = $message LIMIT 1"
    )
    given = {"profile": profile_id, "at": place.at, "message": place.message_id}
    rows = read_snapshot(lambda snapshot: _rows(snapshot, sql, given), scan)
    return (
        {keys[name]: value for name, value in rows[0].items() if name in keys and value is not None} if rows else None
    )


def _rows(snapshot: Snapshot, sql: str, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = snapshot.connection.sql(sql, params=dict(given)).to_arrow_table().to_pylist()
    return found
