"""Rows of events, read by the plan: one Arrow table per event, and the refusals of the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from profiles.ingest.columns import Column, Reading, read_cells, read_typed
from profiles.ingest.message_ids import contents, derived
from profiles.ingest.naming import Found, Named
from profiles.ingest.plan import Owned
from profiles.ingest.reading import Reasons, read_fields, read_ids
from profiles.ingest.rejects import Refusal
from profiles.ingest.repeats import Repeat
from profiles.ingest.rows import broken_rows, refused_rows
from profiles.lake.layout import ARROW_TYPES
from profiles.models import TraitType

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
        whom = [read_ids(role, chunk, reasons) for role in ("user_id", "anonymous_id", "company_id")]
        messages = self._messages(first, chunk, repeats, reasons)
        names = event_names(chunk, self.event, reasons)
        times = self.times(chunk, reasons)
        someone = pc.binary_join_element_wise(*whom, "")
        for position in pc.indices_nonzero(pc.equal(someone, "")).to_pylist():
            reasons.setdefault(position, [NOBODY])
        rows = pa.array(range(first, first + count), pa.int64())
        fixed = pa.table([rows, *whom, messages, times], FIXED)
        by_event = positions_by(names)
        parts = {
            name: _with_properties(fixed.take(positions), self._fields(name, positions, chunk, reasons))
            for name, positions in by_event.items()
        }
        tables = {name: _without(part, by_event[name], reasons) for name, part in parts.items()}
        refusals = [*broken_rows(file, chunk), *refused_rows(file, chunk, reasons)]
        tables = {name: table for name, table in tables.items() if table.num_rows}
        return EventChunk(tables, refusals, count, len(chunk.broken))

    def _messages(self, first: int, chunk: Named, repeats: Mapping[int, Repeat], reasons: Reasons) -> pa.Array:
        messages = read_ids("message_id", chunk, reasons)
        if not pc.any(pc.equal(messages, "")).as_py():
            return messages
        given, said = messages.to_pylist(), contents(chunk, self.event).to_pylist()
        for position, message in enumerate(given):
            if not message:
                known = repeats.get(first + position)
                given[position] = derived(said[position], known.position if known else 0)
        return pa.array(given, pa.string())

    def _fields(self, event: str, positions: pa.Array, chunk: Named, reasons: Reasons) -> dict[str, Column]:
        """The properties of the rows of one event."""
        inner: Reasons = {}
        columns = read_fields(event, fields_at(chunk, positions), self.readings, inner, typed=chunk.typed)
        for index, why in inner.items():
            reasons.setdefault(positions[index].as_py(), []).extend(why)
        return columns

    def times(self, chunk: Named, reasons: Reasons) -> pa.Array:
        """The instant of every row; why there is none is added to `reasons`."""
        found = chunk.roles.get("timestamp")
        column = Column(TraitType.DATETIME, pa.nulls(len(chunk.lines), ARROW_TYPES["datetime"]))
        if found is not None:
            column = (read_typed if chunk.typed else read_cells)(found, self.time)
        for position in pc.indices_nonzero(pc.is_null(column.values)).to_pylist():
            why = column.refused.get(position)
            reasons.setdefault(position, []).append(NO_TIME if why is None else f"timestamp {why}")
        return column.values


def event_names(chunk: Named, event: str | None, reasons: Reasons) -> pa.Array:
    """The event of every row, "" where there is none."""
    if event is not None:
        return pa.repeat(event, len(chunk.lines))
    names = read_ids("event", chunk, reasons)
    for position in pc.indices_nonzero(pc.equal(names, "")).to_pylist():
        reasons.setdefault(position, []).append(NO_NAME)
    return names


def positions_by(names: pa.Array) -> dict[str, pa.Array]:
    """Event → the positions of its rows."""
    encoded = names.dictionary_encode()
    found = {
        name: pc.indices_nonzero(pc.equal(encoded.indices, index))
        for index, name in enumerate(encoded.dictionary.to_pylist())
    }
    found.pop("", None)
    return found


def fields_at(chunk: Named, positions: pa.Array) -> dict[str, Found]:
    """The values of some rows by key, without the keys that none of them has."""
    whole = len(positions) == len(chunk.lines)
    found = {key: values if whole else _at(values, positions) for key, values in chunk.fields.items()}
    return {key: values for key, values in found.items() if _says_anything(values, typed=chunk.typed)}


def _at(values: Found, positions: pa.Array) -> Found:
    if isinstance(values, list):
        return [values[position] for position in positions.to_pylist()]
    return values.take(positions)


def _says_anything(values: Found, *, typed: bool) -> bool:
    if isinstance(values, list):
        return any(value is not None for value in values)
    return values.null_count < len(values) if typed else bool(pc.any(pc.not_equal(values, "")).as_py())


def _with_properties(table: pa.Table, columns: Mapping[str, Column]) -> pa.Table:
    for key, column in columns.items():
        table = table.append_column(f"p.{key}", column.values)
    return table


def _without(table: pa.Table, positions: pa.Array, reasons: Reasons) -> pa.Table:
    """The rows, which are at these positions of the chunk, that are not refused."""
    if not reasons:
        return table
    return table.filter(pa.array([position not in reasons for position in positions.to_pylist()], pa.bool_()))
