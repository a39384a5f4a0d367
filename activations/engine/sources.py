"""Reads what is to be sent of members: their key, a hash of the payload, and the payload itself where it is wanted.

The hash is made in the database, so that a run in which little changed moves no payloads. It is of the mapping and of
every value: a change of either is a change. md5 is stable over versions of PostgreSQL and guards nothing here.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, F, Func, JSONField, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat
from pyroaring import BitMap64

from activations.columns import IdentifierColumn, Source, key_of
from profiles.models import Company, Identity, Profile, Unit

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


def wanted(mapping: Sequence[Source], unit: str, ids: Iterable[int]) -> Iterator[Wanted]:
    """Key and hash of those of `ids` that have a key, ascending."""
    for row in _rows(mapping, unit, ids).values_list("pk", "sent_key", "sent_hash"):
        yield Wanted(*row)


def payloads(mapping: Sequence[Source], unit: str, ids: Iterable[int]) -> Iterator[Payload]:
    """`wanted` with the values, in the order of the mapping."""
    rows = _rows(mapping, unit, ids).values_list("pk", "sent_key", "sent_hash", "sent_values")
    for member, key, payload_hash, values in rows:
        yield Payload(member, key, payload_hash, tuple(values))


def with_identifier(identifier: str, unit: str, members: BitMap64) -> BitMap64:
    """Those of `members` who are in the population and have this identifier."""
    found = BitMap64()
    for ids in chunks(members):
        rows = _population(unit).filter(pk__in=ids)
        if unit == Unit.PROFILE:
            rows = rows.filter(identities__kind=identifier)
        found.update(rows.values_list("pk", flat=True))
    return found


def _population(unit: str) -> QuerySet[Any]:
    if unit == Unit.COMPANY:
        return Company.objects.filter(known=True)
    return Profile.objects.filter(lasting=True)


def _rows(mapping: Sequence[Source], unit: str, ids: Iterable[int]) -> QuerySet[Any]:
    values = Func(*(_value(source, unit) for source in mapping), function="jsonb_build_array", output_field=JSONField())
    fingerprint = Value("\n".join(source.model_dump_json() for source in mapping))
    rows: QuerySet[Any] = (
        _population(unit)
        .filter(pk__in=list(ids))
        .annotate(sent_key=_value(key_of(mapping), unit), sent_values=values)
        .annotate(sent_hash=_hash(Concat(fingerprint, Cast("sent_values", TextField()), output_field=TextField())))
        .filter(sent_key__isnull=False)
        .order_by("pk")
    )
    return rows


def _hash(text: Combinable) -> Func:
    return Func(
        text, template="('x' || left(md5(%(expressions)s), 16))::bit(64)::bigint", output_field=BigIntegerField()
    )


def _value(source: Source, unit: str) -> Combinable:
    if not isinstance(source, IdentifierColumn):
        return Func(F("traits"), Value(source.trait), function="jsonb_object_field", output_field=JSONField())
    if unit == Unit.COMPANY:
        return F(source.identifier)
    owned = Identity.objects.filter(profile=OuterRef("pk"), kind=source.identifier)
    return Subquery(owned.order_by("pk").values("value")[:1], output_field=TextField())  # the first that was known
