"""Who enters and who leaves, by the values of a trait."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from pyroaring import BitMap64

from segments.rules.catalogue import Type, Unit

MOST = 20_000
"""So many of either side are looked at, spread over all; more would make people wait and change no picture."""
SHOWN = 8
FEWEST = 3
"""A value that fewer have could point to a person: they are counted with the others."""
TYPES = (Type.TEXT, Type.BOOLEAN)
"""Traits whose values are few enough to tell apart."""
_VALUES = {
    Unit.PROFILE: "SELECT traits ->> %s, COUNT(*) FROM profiles_profile WHERE id = ANY(%s) GROUP BY 1",
    Unit.COMPANY: "SELECT traits ->> %s, COUNT(*) FROM profiles_company WHERE id = ANY(%s) GROUP BY 1",
}


@dataclass(frozen=True, slots=True)
class Share:
    """How many enter and leave who have this value; None for no value, an empty text for all other values together."""

    value: str | None
    entered: int
    left: int


def breakdown(unit: Unit, trait: str, entered: BitMap64, left: BitMap64) -> list[Share]:
    """The commonest values of a trait of the unit, then the others, then those without a value.

    Of more than `MOST` on one side, as many are counted, and the numbers scaled up.
    """
    come, go = (_counted(unit, trait, side) for side in (entered, left))
    together = come + go
    named = [value for value, number in together.most_common() if value is not None and number >= FEWEST][:SHOWN]
    shares = [Share(value, come[value], go[value]) for value in named]
    others = [value for value in together if value is not None and value not in named]
    rest = Share("", sum(come[value] for value in others), sum(go[value] for value in others))
    missing = Share(None, come[None], go[None])
    return [*shares, *(each for each in (rest, missing) if each.entered or each.left)]


def _counted(unit: Unit, trait: str, members: BitMap64) -> Counter[str | None]:
    ids = _spread(members)
    if not ids:
        return Counter()
    with connection.cursor() as cursor:
        cursor.execute(_VALUES[unit], [trait, list(ids)])
        rows = cursor.fetchall()
    scale = len(members) / len(ids)
    return Counter({value: round(number * scale) for value, number in rows})


def _spread(members: BitMap64) -> Sequence[int]:
    step = max(1, -(-len(members) // MOST))
    return list(members)[::step]
