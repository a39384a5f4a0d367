"""Signals: who may have to enter or leave a segment, noted in the transaction that changes something about them.

Two kinds are noted by the database itself (migration 0003), since nobody else can be sure of them: events that reach
the tail, whoever writes them, and the company that a profile leaves, which only its own lock knows.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection

from lib import clock
from lib.doorbells import Bell
from profiles.models import Unit

MOST_NAMED = 5_000
"""More members than this in one change are not named one by one: everybody is counted anew."""

SIGNALLED: Final = Bell("signals")
"""Rings once a transaction that has noted signals has committed."""

_NOTE = """
    INSERT INTO profiles_signal (unit, member, traits, events, whole, due_at)
    SELECT %s, member, %s::text[], %s::text[], %s, due_at
      FROM unnest(%s::bigint[], %s::timestamptz[]) AS noted(member, due_at)
"""


def note(unit: Unit, ids: Sequence[int], traits: Collection[str] | None) -> None:
    """These members have changed: in some traits, or (None) in anything."""
    if ids:
        members = list(ids) if len(ids) <= MOST_NAMED else [None]
        _insert(unit, members, traits=sorted(traits or ()), whole=traits is None)


def note_everybody(unit: Unit, event: str) -> None:
    """Anybody of a unit may have other events of this name than before."""
    _insert(unit, [None], events=[event])


def note_staged(people: pa.Table | None, events: Mapping[str, pa.Table]) -> None:
    """New people are staged (column `id`), or events by name (`user_id`, `account_id`, `timestamp`)."""
    if people is not None:
        note(Unit.PROFILE, people.column("id").to_pylist(), None)
    now = clock.now()
    for name, rows in events.items():
        for unit, column in ((Unit.PROFILE, "user_id"), (Unit.COMPANY, "account_id")):
            if column in rows.column_names:
                _note_events(unit, name, rows.select([column, "timestamp"]).rename_columns(["id", "timestamp"]), now)


def _note_events(unit: Unit, name: str, rows: pa.Table, now: datetime) -> None:
    """Those that have happened once per member, those to come each at its moment."""
    rows = rows.filter(pc.is_valid(rows.column("id")))
    later = pc.greater_equal(rows.column("timestamp"), pa.scalar(now, pa.timestamp("us", tz="UTC")))
    happened = pc.unique(rows.filter(pc.invert(later)).column("id"))
    members: list[int | None] = happened.to_pylist() if len(happened) <= MOST_NAMED else [None]
    _insert(unit, members, events=[name])
    to_come = rows.filter(later)
    _insert(unit, to_come.column("id").to_pylist(), events=[name], due=to_come.column("timestamp").to_pylist())


def _insert(
    unit: Unit,
    members: Sequence[int | None],
    *,
    traits: Sequence[str] = (),
    events: Sequence[str] = (),
    whole: bool = False,
    due: Sequence[datetime] | None = None,
) -> None:
    if not members:
        return
    moments = due if due is not None else [None] * len(members)
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, [unit.value, list(traits), list(events), whole, list(members), list(moments)])
    SIGNALLED.ring()
