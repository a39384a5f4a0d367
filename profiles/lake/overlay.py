"""Overlays kept between the snapshots of a process: what has not changed since the last one is not read again.

Nothing follows a clock or a sequence (I3). A mark holds the id of the transaction that left it, and a state of Postgres
says which transactions it sees: the marks whose transaction a kept state did not see are read, and then the number of
rows shows whether any mark has gone. Events that wait are known by their row and the transaction that wrote it.
"""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection

from profiles.lake import rows
from profiles.lake.layout import Column, Layout
from profiles.lake.rows import PRESENT, VERSION

MOST_ROWS = 50_000
"""A larger overlay (an import that is being copied) is read anew each time, and only the columns that are needed."""


@dataclass(frozen=True, slots=True)
class Visible:
    """Which transactions a state of Postgres sees: those before `end` that were not `running`, as `text` for SQL."""

    text: str
    end: int
    running: frozenset[int]

    @classmethod
    def parse(cls, text: str) -> "Visible":
        """From what ``pg_current_snapshot()`` says."""
        _, end, running = text.split(":")
        return cls(text, int(end), frozenset(int(number) for number in running.split(",") if number))

    def includes(self, other: "Visible") -> bool:
        """Whether it sees everything that the other sees."""
        return self.end >= other.end and all(number >= other.end or number in other.running for number in self.running)


@dataclass(frozen=True, slots=True)
class _Kept:
    """The rows of one overlay with all columns of its layout, as a state saw them."""

    columns: tuple[Column, ...]
    state: Visible
    rows: pa.Table


_kept: dict[tuple[str, str, str], _Kept] = {}


def changed_rows(layout: Layout, columns: tuple[Column, ...], state: Visible, number: int) -> pa.Table:
    """`rows.changed_rows` of all marks that `state`, that of the current transaction, sees: `number` of them."""
    if not number or number > MOST_ROWS:
        return rows.changed_rows(layout, columns) if number else nothing((*columns, PRESENT))
    kept = _usable(layout, state)
    merged = None if kept is None else _with_newer(layout, kept)
    if merged is None or merged.num_rows != number:
        merged = rows.changed_rows(layout, layout.columns)
    return _keep(layout, state, merged).select([*(column.name for column in columns), PRESENT.name])


def tail_rows(layout: Layout, columns: tuple[Column, ...], state: Visible) -> pa.Table:
    """`rows.tail_rows` of all events of the table that `state`, that of the current transaction, sees."""
    present = rows.tail_versions(layout)
    names = [column.name for column in columns]
    if not len(present):
        return nothing(columns)
    if len(present) > MOST_ROWS:
        return rows.tail_rows(layout, columns)
    kept = _usable(layout, state)
    if kept is None:
        return _keep(layout, state, rows.tail_rows(layout, (*layout.columns, VERSION))).select(names)
    known = kept.rows.column(VERSION.name)
    missing = present.filter(pc.invert(pc.is_in(present, known.combine_chunks())))
    gone = len(present) - len(missing) < len(known)
    still = kept.rows.filter(pc.is_in(known, present)) if gone else kept.rows
    if len(missing):
        fresh = rows.tail_rows(layout, (*layout.columns, VERSION), versions=missing.to_pylist())
        still = pa.concat_tables([still, fresh])
    return _keep(layout, state, still).select(names)


def nothing(columns: tuple[Column, ...]) -> pa.Table:
    """No rows of these columns."""
    return pa.schema([(column.name, column.arrow_type) for column in columns]).empty_table()


def _with_newer(layout: Layout, kept: _Kept) -> pa.Table:
    newer = rows.changed_rows(layout, layout.columns, unseen_by=kept.state.text)
    if not newer.num_rows:
        return kept.rows
    replaced = pc.is_in(kept.rows.column("id"), newer.column("id").combine_chunks())
    return pa.concat_tables([kept.rows.filter(pc.invert(replaced)), newer])


def _usable(layout: Layout, state: Visible) -> _Kept | None:
    """What is kept of a table, unless its columns have changed or it is of a later state than this."""
    kept = _kept.get(_key(layout))
    if kept is None or kept.columns != layout.columns or not state.includes(kept.state):
        return None
    return kept


def _keep(layout: Layout, state: Visible, table: pa.Table) -> pa.Table:
    _kept[_key(layout)] = _Kept(layout.columns, state, table)
    return table


def _key(layout: Layout) -> tuple[str, str, str]:
    database = connection.settings_dict
    return str(database["HOST"]), str(database["NAME"]), layout.name
