"""The warehouse layout: which tables the lake has, and their columns in DuckDB, Arrow and Delta."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

import pyarrow as pa
from django.db.models import prefetch_related_objects

from lib.fingerprints import FromTables
from profiles.models import EventProperty, EventType, TraitDefinition, Unit

USERS = "users"
ACCOUNTS = "accounts"
TRACKS = "tracks"
BUCKET_BITS = 16
"""Profiles and companies whose id >> 16 is the same share a file: a changed row rewrites its bucket only."""

_INSTANT = pa.timestamp("us", tz="UTC")
DUCKDB_TYPES = {
    "id": "BIGINT",
    "text": "VARCHAR",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "datetime": "TIMESTAMP WITH TIME ZONE",
    "list": "VARCHAR[]",
}
ARROW_TYPES = {
    "id": pa.int64(),
    "text": pa.string(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "datetime": _INSTANT,
    "list": pa.list_(pa.string()),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, its type (a key of `DUCKDB_TYPES`), and for a trait or property its key in the JSON."""

    name: str
    type: str
    key: str | None = None

    @property
    def duckdb_type(self) -> str:
        return DUCKDB_TYPES[self.type]

    @property
    def arrow_type(self) -> pa.DataType:
        return ARROW_TYPES[self.type]


@dataclass(frozen=True, slots=True)
class Layout:
    """One table. `event` is the name as it was sent, None for tables that are not of one event.

    `partition` is the column by which Delta files are grouped, `order` the one by which each file is sorted;
    the log keeps statistics of `measured` columns only: ids and times, no personal data. `hidden` are the events that
    are not kept so long: name, and the moment before which nobody sees them.
    """

    name: str
    columns: tuple[Column, ...]
    partition: str
    order: str
    measured: tuple[str, ...]
    event: str | None = None
    hidden: tuple[tuple[str, datetime], ...] = ()

    def only(self, names: Iterable[str]) -> tuple[Column, ...]:
        """The layout's own columns, and of the traits or properties those that are named."""
        wanted = frozenset(names)
        return tuple(column for column in self.columns if column.key is None or column.name in wanted)

    def arrow_schema(self) -> pa.Schema:
        """The columns as they are in files; the partition column is in the paths only."""
        return pa.schema([(column.name, column.arrow_type) for column in self.columns])


_EVENT_COLUMNS = (
    Column("user_id", "id"),
    Column("account_id", "id"),
    Column("timestamp", "datetime"),
    Column("message_id", "text"),
)
_TRACKS_COLUMNS = (*_EVENT_COLUMNS[:2], Column("event", "text"), *_EVENT_COLUMNS[2:])
_MEASURED = ("user_id", "account_id", "timestamp")


def _of_events(name: str, columns: tuple[Column, ...], kinds: Iterable[EventType], event: str | None = None) -> Layout:
    hidden = tuple((kind.name, kind.kept_from) for kind in kinds if kind.kept_from is not None)
    return Layout(name, columns, partition="month", order="user_id", measured=_MEASURED, event=event, hidden=hidden)


def _of_rows(name: str, fixed: tuple[Column, ...], traits: Iterable[TraitDefinition]) -> Layout:
    columns = (*fixed, *(Column(trait.column, trait.type, trait.key) for trait in traits))
    return Layout(name, columns, partition="bucket", order="id", measured=tuple(column.name for column in fixed))


def load_layouts() -> Mapping[str, Layout]:
    """Every table of the catalogue as it is now, by its name: one query, and more after a change."""
    return _LAYOUTS.get()


def _read_layouts() -> Mapping[str, Layout]:
    traits = sorted(TraitDefinition.objects.all(), key=lambda trait: trait.pk)
    events = list(EventType.objects.order_by("pk"))
    prefetch_related_objects(events, "properties")
    layouts = [
        _of_rows(
            USERS, (Column("id", "id"), Column("company_id", "id")), (t for t in traits if t.unit == Unit.PROFILE)
        ),
        _of_rows(ACCOUNTS, (Column("id", "id"),), (t for t in traits if t.unit == Unit.COMPANY)),
        _of_events(TRACKS, _TRACKS_COLUMNS, events),
        *(_event_layout(event) for event in events),
    ]
    return MappingProxyType({layout.name: layout for layout in layouts})


def _event_layout(event: EventType) -> Layout:
    properties = sorted(event.properties.all(), key=lambda each: each.pk)
    columns = (*_EVENT_COLUMNS, *(Column(each.column, each.type, each.key) for each in properties))
    return _of_events(event.table, columns, [event], event.name)


_LAYOUTS = FromTables(_read_layouts, (TraitDefinition, EventType, EventProperty))


def month_of(instant: datetime) -> str:
    """The partition of an event: its month in UTC, which sorts as text."""
    return f"{instant:%Y-%m}"


def bucket_of(row_id: int) -> int:
    """The partition of a profile or a company."""
    return row_id >> BUCKET_BITS
