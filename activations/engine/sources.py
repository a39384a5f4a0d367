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

from activations.columns import FixedColumn, IdentifierColumn, Source, key_of
from activations.formats import written
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
    rows = _read(mapping, unit, ids, _HASHES)
    keys = _keys(mapping, rows)
    return [Wanted(row[0], key, row[2]) for row, key in zip(rows, keys, strict=True) if key]


def payloads(mapping: Sequence[Source], unit: str, ids: Sequence[int]) -> list[Payload]:
    """`wanted` with the values, in the order of the mapping."""
    rows = _read(mapping, unit, ids, _HASHES + ", payload.sent")
    keys = _keys(mapping, rows)
    sent = values_of(mapping, [json.loads(row[4]) for row in rows], _countries(mapping, rows))
    return [Payload(row[0], key, row[2], values) for row, key, values in zip(rows, keys, sent, strict=True) if key]


def values_of(
    mapping: Sequence[Source], rows: Sequence[list[Any]], countries: Sequence[Sequence[str | None]]
) -> list[tuple[Any, ...]]:
    """What is sent of rows of values as we know them: a column at a time, in the form that the mapping asks for."""
    columns: list[Sequence[Any]] = []
    for place, source in enumerate(mapping):
        found = [row[place] for row in rows]
        if isinstance(source, FixedColumn):
            columns.append([source.value] * len(rows))
        elif source.form is not None:
            columns.append(written(source.form, list(map(_text, found)), [row[place] for row in countries]))
        else:
            columns.append(found)
    return list(zip(*columns, strict=True))


def _keys(mapping: Sequence[Source], rows: Sequence[tuple[Any, ...]]) -> list[str | None]:
    """The keys as they are sent. They are the second value of each row."""
    key = key_of(mapping)
    if key.form is None:
        return [row[1] for row in rows]
    place = list(mapping).index(key)
    return written(key.form, [row[1] for row in rows], [row[place] for row in _countries(mapping, rows)])


def _countries(mapping: Sequence[Source], rows: Sequence[tuple[Any, ...]]) -> Sequence[Sequence[str | None]]:
    """Of each row the country for each column, which is its fourth value where any of them wants one."""
    if rows and rows[0][3] is not None:
        return [json.loads(row[3]) for row in rows]
    return [(None,) * len(mapping)] * len(rows)


def _text(value: Any) -> str | None:
    """A value for a format, which knows texts only; what a trait may hold besides has no place there."""
    match value:
        case bool() | list() | None:
            return None
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)


def with_identifier(identifiers: Sequence[str], unit: str, members: BitMap64) -> BitMap64:
    """Those of `members` who have any of these identifiers; whoever has one is in the population."""
    found = BitMap64()
    query = _COMPANIES if unit == Unit.COMPANY else _OWNERS
    with connection.cursor() as cursor:
        for ids in chunks(members):
            cursor.execute(query, {"ids": as_array(ids), "kinds": list(identifiers)})
            found.update(row[0] for row in cursor.fetchall())
    return found


_COMPANIES = "SELECT id FROM profiles_company WHERE known AND id = ANY(%(ids)s::bigint[])"
_OWNERS = "SELECT profile_id FROM profiles_identity WHERE kind = ANY(%(kinds)s) AND profile_id = ANY(%(ids)s::bigint[])"

_HASHES = """
    unit.id, {key},
    ('x' || left(md5(concat(%(mapping)s, payload.sent, payload.countries)), 16))::bit(64)::bigint,
    payload.countries"""

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


class _Query:
    """Collects what a mapping adds to the query: joins, values, countries, parameters."""

    def __init__(self, mapping: Sequence[Source], unit: str) -> None:
        self.joins: list[str] = []
        self.values: list[str] = []
        self.parameters: dict[str, Any] = {}
        self.unit = Unit(unit)
        key = key_of(mapping)
        self.key = self._identifier(key, "key")
        countries = []
        for place, source in enumerate(mapping):
            name = f"column_{place}"
            if isinstance(source, FixedColumn):
                self.values.append("NULL::text")
            elif isinstance(source, IdentifierColumn):
                self.values.append(self.key if source is key else self._identifier(source, name))
            else:
                self.values.append(self._trait("jsonb_object_field", name, source.trait))
            if not isinstance(source, FixedColumn) and source.form and source.form.is_phone:
                countries.append(self._trait("jsonb_object_field_text", f"country_{place}", source.country))
            else:
                countries.append("NULL::text")
        wanted = any(country != "NULL::text" for country in countries)
        self.countries = f"jsonb_build_array({', '.join(countries)})" if wanted else "NULL::jsonb"

    def _identifier(self, source: IdentifierColumn, name: str) -> str:
        for place, kind in enumerate(source.kinds):
            alias = f"{name}_{place}"
            self.parameters[alias] = kind
            self.joins.append(
                f"LEFT JOIN ({_IDENTIFIERS[self.unit].format(name=alias)}) AS {alias} ON {alias}.id = unit.id"
            )
        return f"coalesce({', '.join(f'{name}_{place}.value' for place in range(len(source.kinds)))})"

    def _trait(self, function: str, name: str, trait: str) -> str:
        self.parameters[name] = trait
        return f"{function}(unit.traits, %({name})s)"


def _read(mapping: Sequence[Source], unit: str, ids: Sequence[int], selected: str) -> list[tuple[Any, ...]]:
    parts = _Query(mapping, unit)
    parameters: dict[str, Any] = {
        **parts.parameters,
        "ids": as_array(ids),
        "mapping": "\n".join(source.model_dump_json(exclude_defaults=True) for source in mapping),
    }
    query = f"""
        SELECT {selected.format(key=parts.key)} FROM ({_POPULATIONS[parts.unit]}) AS unit {" ".join(parts.joins)}
         CROSS JOIN LATERAL (
            SELECT jsonb_build_array({", ".join(parts.values)}) AS sent, {parts.countries} AS countries
         ) AS payload
         WHERE {parts.key} IS NOT NULL
         ORDER BY unit.id"""  # noqa: S608 - see the top of this file
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
