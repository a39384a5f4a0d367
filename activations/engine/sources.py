"""Reads what is to be sent of members: their key, a hash of the payload, and the payload itself where it is wanted.

The hash is made in the database, so that a run in which little changed moves no payloads. It is of the mapping and of
every value: a change of either is a change. md5 is stable over versions of PostgreSQL and guards nothing here.

The queries are written by hand: a chunk of ids goes in as one array and identifiers are joined as sets, which the ORM
can't say and which takes a quarter of the time of a sub-query per member. Only constants of this file are pasted into
them; identifiers, traits and ids are parameters.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from pyroaring import BitMap64

from activations.columns import IdentifierColumn, Source, key_of
from profiles.models import Unit

CHUNK = 20_000
"""Members read per query."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one member of the audience should look like over there."""

    member: int
    key: str
    payload_hash: int


@dataclass(frozen=True, slots=True)
class Payload(Wanted):
    values: tuple[Any, ...]


def chunks(members: BitMap64, size: int = CHUNK) -> Iterator[list[int]]:
    """The ids in ascending order, `size` at a time."""
    ids = members.to_array()
    for start in range(0, len(ids), size):
        yield ids[start : start + size].tolist()


def as_array(numbers: Iterable[int]) -> str:
    """An array as PostgreSQL writes it; the driver's own way costs more than many a query."""
    return "{" + ",".join(map(str, numbers)) + "}"


def wanted(mapping: Sequence[Source], unit: str, ids: Sequence[int]) -> list[Wanted]:
    """Key and hash of those of `ids` who are in the population and have a key, ascending."""
    return [Wanted(*row) for row in _read(mapping, unit, ids, _HASHES)]


def payloads(mapping: Sequence[Source], unit: str, ids: Sequence[int]) -> list[Payload]:
    """`wanted` with the values, in the order of the mapping."""
    rows = _read(mapping, unit, ids, _HASHES + ", payload.sent")
    return [Payload(member, key, payload_hash, tuple(json.loads(sent))) for member, key, payload_hash, sent in rows]


def with_identifier(identifier: str, unit: str, members: BitMap64) -> BitMap64:
    """Those of `members` who have this identifier; whoever has one is in the population."""
    found = BitMap64()
    query = _COMPANIES if unit == Unit.COMPANY else _OWNERS
    with connection.cursor() as cursor:
        for ids in chunks(members):
            cursor.execute(query, {"ids": as_array(ids), "kind": identifier})
            found.update(row[0] for row in cursor.fetchall())
    return found


_COMPANIES = "SELECT id FROM profiles_company WHERE known AND id = ANY(%(ids)s::bigint[])"
_OWNERS = "SELECT profile_id FROM profiles_identity WHERE kind = %(kind)s AND profile_id = ANY(%(ids)s::bigint[])"

_HASHES = """
    unit.id, key.value,
    ('x' || left(md5(%(mapping)s || payload.sent::text), 16))::bit(64)::bigint"""

_POPULATIONS = {
    Unit.PROFILE: "SELECT id, traits FROM profiles_profile WHERE lasting AND id = ANY(%(ids)s::bigint[])",
    Unit.COMPANY: "SELECT id, traits FROM profiles_company WHERE known AND id = ANY(%(ids)s::bigint[])",
}
_IDENTIFIERS = {  # of a person with several of a kind, the first that was known
    Unit.PROFILE: """
        SELECT DISTINCT ON (profile_id) profile_id AS id, value FROM profiles_identity
         WHERE kind = %({name})s AND profile_id = ANY(%(ids)s::bigint[]) ORDER BY profile_id, profiles_identity.id""",
    Unit.COMPANY: """
        SELECT id, external_id AS value FROM profiles_company
         WHERE %({name})s = 'external_id' AND id = ANY(%(ids)s::bigint[])""",
}


def _read(mapping: Sequence[Source], unit: str, ids: Sequence[int], selected: str) -> list[tuple[Any, ...]]:
    key = key_of(mapping)
    parameters: dict[str, Any] = {
        "ids": as_array(ids),
        "mapping": "\n".join(source.model_dump_json() for source in mapping),
        "key": key.identifier,
    }
    joins, values = "", []
    for place, source in enumerate(mapping):
        name = f"column_{place}"
        if source is key:
            values.append("key.value")
        elif isinstance(source, IdentifierColumn):
            parameters[name] = source.identifier
            joins += f" LEFT JOIN ({_IDENTIFIERS[Unit(unit)].format(name=name)}) AS {name} ON {name}.id = unit.id"
            values.append(f"{name}.value")
        else:
            parameters[name] = source.trait
            values.append(f"jsonb_object_field(unit.traits, %({name})s)")
    query = f"""
        SELECT {selected} FROM ({_POPULATIONS[Unit(unit)]}) AS unit
          JOIN ({_IDENTIFIERS[Unit(unit)].format(name="key")}) AS key ON key.id = unit.id{joins}
         CROSS JOIN LATERAL (SELECT jsonb_build_array({", ".join(values)}) AS sent) AS payload
         ORDER BY unit.id"""  # noqa: S608 - see the top of this file
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
