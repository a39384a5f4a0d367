"""A world as a catalogue and as rows of the warehouse layout."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from segments.rules.catalogue import Catalogue, EventType, Field, SegmentEntry, Type, Unit
from tests.rules.oracle.world import Happening, World


@dataclass
class Table:
    """Columns with their types (`id` is one of a number), and rows."""

    name: str
    columns: dict[str, str]
    rows: list[tuple[Any, ...]]


RESERVED = {
    "id",
    "company_id",
    "user_id",
    "account_id",
    "timestamp",
    "message_id",
    "event",
    "users",
    "accounts",
    "tracks",
}


def catalogue_of(world: World) -> Catalogue:
    tables = _unique(world.event_properties)
    return Catalogue(
        profile_traits=_fields(world.profile_traits),
        company_traits=_fields(world.company_traits),
        events={
            name: EventType(name, tables[name], _fields(properties))
            for name, properties in world.event_properties.items()
        },
        segments={
            key: SegmentEntry(key, Unit(str(definition["unit"])), definition)
            for key, definition in world.segments.items()
        },
    )


def tables_of(world: World) -> list[Table]:
    """Every table of the layout; an event stands in it once."""
    catalogue = catalogue_of(world)
    users = Table("users", {"id": "id", "company_id": "id", **_columns(catalogue.profile_traits)}, [])
    for profile in world.profiles:
        users.rows.append((profile.id, profile.company, *_row(catalogue.profile_traits, profile.traits)))
    accounts = Table("accounts", {"id": "id", **_columns(catalogue.company_traits)}, [])
    for company in world.companies:
        accounts.rows.append((company.id, *_row(catalogue.company_traits, company.traits)))
    events = world.events()
    tracks = Table(
        "tracks",
        {"user_id": "id", "account_id": "id", "event": "text", "timestamp": "datetime", "message_id": "id"},
        [],
    )
    for one in events:
        tracks.rows.append((one.person, one.company, one.name, one.timestamp.astimezone(UTC), one.message_id))
    kinds = [_event_table(kind, events) for kind in catalogue.events.values()]
    return [users, accounts, tracks, *kinds]


def _event_table(kind: EventType, events: list[Happening]) -> Table:
    ids = {"user_id": "id", "account_id": "id", "timestamp": "datetime", "message_id": "id"}
    table = Table(kind.table, {**ids, **_columns(kind.properties)}, [])
    for one in events:
        if one.name == kind.name:
            known = (one.person, one.company, one.timestamp.astimezone(UTC), one.message_id)
            table.rows.append((*known, *_row(kind.properties, one.properties)))
    return table


def _fields(types: dict[str, str]) -> dict[str, Field]:
    columns = _unique(types)
    return {name: Field(name, Type(kind), columns[name]) for name, kind in types.items()}


def _unique(names: Iterable[str]) -> dict[str, str]:
    """Names of columns or tables: plain ones stay as they are, reserved words of SQL included."""
    taken: dict[str, str] = {}
    for name in names:
        base = re.sub(r"[^a-z0-9_]", "_", name.lower())
        base = base if re.match(r"[a-z]", base) else f"c{base}"
        column, number = base, 1
        while column in taken.values() or column in RESERVED:
            number += 1
            column = f"{base}_{number}"
        taken[name] = column
    return taken


def _columns(fields: Any) -> dict[str, str]:
    return {field.column: str(field.type) for field in fields.values()}


def _row(fields: Any, values: dict[str, Any]) -> list[Any]:
    return [values.get(name) for name in fields]
