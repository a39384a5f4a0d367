"""Signals as the reader finds them: what has changed about whom, and which rows say so."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from pyroaring import BitMap64

from segments.increments.concerns import Change
from segments.rules.catalogue import Unit

MOST = 5_000
"""Signals that one micro-batch takes."""
BACKLOG = 100_000
"""When more wait, counting everybody anew is quicker."""

_WAITING = "(due_at IS NULL OR due_at < clock_timestamp())"
_TAKE = """
    SELECT min(noted_at), array_agg(id), unit, traits, events, whole, array_agg(member)
      FROM (SELECT * FROM profiles_signal WHERE due_at IS NULL ORDER BY id LIMIT %(most)s) AS first
     GROUP BY unit, traits, events, whole
     UNION ALL
    SELECT min(due_at), array_agg(id), unit, traits, events, whole, array_agg(member)
      FROM (SELECT * FROM profiles_signal WHERE due_at < clock_timestamp() ORDER BY due_at LIMIT %(most)s) AS due
     GROUP BY unit, traits, events, whole
"""
_COUNT = f"SELECT count(*) FROM (SELECT FROM profiles_signal WHERE {_WAITING} LIMIT %s) AS waiting"  # noqa: S608
_TAKE_ALL = f"""
    SELECT min(noted_at), array_agg(id), unit, traits, events, whole, ARRAY[NULL::bigint]
      FROM profiles_signal WHERE {_WAITING} GROUP BY unit, traits, events, whole
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Claim:
    """Signals taken together: `ids` of their rows, the members of each change, and since when the oldest waits.

    `many` are the changes that concern more members than were worth naming.
    """

    ids: tuple[int, ...]
    since: datetime
    members: Mapping[Change, BitMap64]
    many: frozenset[Change]

    def changed(self, unit: Unit) -> BitMap64:
        """All members of a unit about whom something has changed."""
        return BitMap64().union(*(ids for change, ids in self.members.items() if change.unit is unit))


def take(most: int = MOST) -> Claim | None:
    """Up to `most` signals of each kind that hold now, the oldest first; None where there are none. The rows stay."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [BACKLOG + 1])
        [[waiting]] = cursor.fetchall()
        if not waiting:
            return None
        cursor.execute(_TAKE_ALL if waiting > BACKLOG else _TAKE, {"most": most})
        rows = cursor.fetchall()
    return _claim(rows) if rows else None


def are_waiting() -> bool:
    """Whether there are signals that hold now."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [1])
        [[waiting]] = cursor.fetchall()
    return bool(waiting)


def forget(claim: Claim) -> None:
    """Delete the rows, in the transaction that stores what came of them: what was noted since is a row of its own."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM profiles_signal WHERE id = ANY(%s)", [list(claim.ids)])


def _claim(rows: list[tuple[datetime, list[int], str, list[str], list[str], bool, list[int | None]]]) -> Claim:
    ids: list[int] = []
    members: dict[Change, BitMap64] = defaultdict(BitMap64)
    many = set()
    for _, numbers, unit, traits, events, whole, about in rows:
        ids += numbers
        change = Change(Unit(unit), frozenset(traits), frozenset(events), whole)
        if None in about:
            many.add(change)
        members[change] |= BitMap64(member for member in about if member is not None)
    return Claim(tuple(ids), min(row[0] for row in rows), members, frozenset(many))
