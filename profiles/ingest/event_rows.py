"""Rows of events, read by the plan: one Arrow table per event, and the refusals of the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import pyarrow as pa

from profiles.ingest.columns import Column, Reading, read_cells, read_typed
from profiles.ingest.message_ids import contents, derived
from profiles.ingest.naming import Named
from profiles.ingest.plan import Owned
from profiles.ingest.reading import Reasons, read_fields, read_ids
from profiles.ingest.rejects import Refusal
from profiles.ingest.repeats import Repeat
from profiles.ingest.rows import broken_rows, refused_rows
from profiles.ingest.values import NULL
from profiles.lake.layout import ARROW_TYPES

NO_NAME = "the row has no event"
NO_TIME = "the row has no timestamp"
NOBODY = "the row has no user_id, anonymous_id or company_id"
FIXED = pa.schema(
    [
        ("row", pa.int64()),
        ("user", pa.string()),
        ("anonymous", pa.string()),
        ("company", pa.string()),
        ("message_id", pa.string()),
        ("timestamp", ARROW_TYPES["datetime"]),
    ]
)


@dataclass(frozen=True, slots=True)
class EventChunk:
    """The good rows of a chunk by event: `FIXED`, and one column ``p.KEY`` per property."""

    tables: Mapping[str, pa.Table]
    refusals: Sequence[Refusal]
    count: int
    broken: int


@dataclass(slots=True)
class EventReader:
    """Reads chunks by the plan. `event` is the name of all events if --event gave one."""

    readings: Mapping[Owned, Reading]
    time: Reading
    event: str | None

    def read(self, file: str, first: int, chunk: Named, repeats: Mapping[int, Repeat]) -> EventChunk:
        """One chunk whose first row is row `first` of the whole input."""
        count = len(chunk.lines)
        reasons: Reasons = {}
        ids = {role: self._ids(role, chunk, reasons) for role in ("user_id", "anonymous_id", "company_id")}
        messages = self._messages(first, chunk, repeats, reasons)
        names = event_names(chunk, self.event, reasons)
        times = self.times(chunk, reasons)
        for position, someone in enumerate(zip(*ids.values(), strict=True)):
            if not any(someone) and position not in reasons:
                reasons[position] = [NOBODY]
        fields = {
            name: read_fields_at(name, positions, chunk, self.readings, reasons)
            for name, positions in positions_by(names).items()
        }
        tables = {}
        for name, positions in positions_by(names, reasons).items():
            fixed = [
                [first + position for position in positions],
                *([found[position] for position in positions] for found in (*ids.values(), messages, times)),
            ]
            table = pa.table([pa.array(found, kind.type) for found, kind in zip(fixed, FIXED, strict=True)], FIXED)
            tables[name] = _with_properties(table, fields[name], positions)
        refusals = [*broken_rows(file, chunk), *refused_rows(file, chunk, reasons)]
        return EventChunk(tables, refusals, count, len(chunk.broken))

    def _ids(self, role: str, chunk: Named, reasons: Reasons) -> list[str]:
        return read_ids(role, chunk.roles.get(role) or repeat(None, len(chunk.lines)), reasons)

    def _messages(self, first: int, chunk: Named, repeats: Mapping[int, Repeat], reasons: Reasons) -> list[str]:
        messages = self._ids("message_id", chunk, reasons)
        if all(messages):
            return messages
        said = contents(chunk, self.event)
        for position, message in enumerate(messages):
            if not message:
                known = repeats.get(first + position)
                messages[position] = derived(said[position], known.position if known else 0)
        return messages

    def times(self, chunk: Named, reasons: Reasons) -> list[Any]:
        """The instant of every row; why there is none is added to `reasons`."""
        found = chunk.roles.get("timestamp") or [None] * len(chunk.lines)
        column = (read_typed if chunk.typed else read_cells)(found, self.time)
        for position, value in enumerate(column.values):
            if position in column.refused:
                reasons.setdefault(position, []).append(f"timestamp {column.refused[position]}")
            elif value is None or value is NULL:
                reasons.setdefault(position, []).append(NO_TIME)
        return column.values


def event_names(chunk: Named, event: str | None, reasons: Reasons) -> list[str]:
    """The event of every row, "" where there is none."""
    if event is not None:
        return [event] * len(chunk.lines)
    names = read_ids("event", chunk.roles.get("event") or repeat(None, len(chunk.lines)), reasons)
    for position, name in enumerate(names):
        if not name:
            reasons.setdefault(position, []).append(NO_NAME)
    return names


def positions_by(names: Sequence[str], without: Mapping[int, Any] | None = None) -> dict[str, list[int]]:
    """Event → the positions of its rows, without those that are refused."""
    found: dict[str, list[int]] = {}
    if without:
        for position, name in enumerate(names):
            if position not in without:
                found.setdefault(name, []).append(position)
    elif names and len(set(names)) == 1:
        found[names[0]] = list(range(len(names)))
    else:
        for position, name in enumerate(names):
            found.setdefault(name, []).append(position)
    found.pop("", None)
    return found


def fields_at(chunk: Named, positions: Sequence[int]) -> dict[str, list[Any]]:
    """The values of some rows by key, without the keys that none of them has."""
    whole = len(positions) == len(chunk.lines)
    found = {
        key: values if whole else [values[position] for position in positions] for key, values in chunk.fields.items()
    }
    absent = None if chunk.typed else ""
    return {key: values for key, values in found.items() if any(value != absent for value in values)}


def read_fields_at(
    event: str, positions: Sequence[int], chunk: Named, readings: Mapping[Owned, Reading], reasons: Reasons
) -> dict[str, tuple[Column, dict[int, int]]]:
    """The properties of the rows of one event, with where each row's value is."""
    inner: Reasons = {}
    columns = read_fields(event, fields_at(chunk, positions), readings, inner, typed=chunk.typed)
    for index, why in inner.items():
        reasons.setdefault(positions[index], []).extend(why)
    places = {position: index for index, position in enumerate(positions)}
    return {key: (column, places) for key, column in columns.items()}


def _with_properties(
    table: pa.Table, fields: Mapping[str, tuple[Column, dict[int, int]]], positions: Sequence[int]
) -> pa.Table:
    for key, (column, places) in fields.items():
        values = column.values
        if len(positions) != len(values):
            values = [values[places[position]] for position in positions]
        if NULL in values:
            values = [None if value is NULL else value for value in values]
        table = table.append_column(f"p.{key}", pa.array(values, ARROW_TYPES[column.type]))
    return table
