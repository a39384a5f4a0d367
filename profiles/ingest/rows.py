"""Rows between reading and writing: what is ready to be written, what was refused, and what became of them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from profiles.ingest.columns import Column, json_members
from profiles.ingest.naming import Named
from profiles.ingest.reading import Reasons
from profiles.ingest.rejects import Refusal

PORTION = 20_000
"""Rows that are written in one transaction."""
CELLS = 400_000
"""At most so many values are, so that memory stays bounded: rows with many traits are written fewer at a time."""
VALUE = "v."
"""Before the key of a trait: the name of the column with its values among `Prepared.rows`."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """One chunk: the good rows, the refusals, how many rows were read, and how many could not be made out.

    `rows` has a column `number`, which counts the rows of the whole input, `external_id`, `traits` (a JSON object),
    `removed` (the keys of traits to take away, as the text of a Postgres array) and one column ``v.KEY`` per trait, as
    in the lake.
    """

    rows: pa.Table
    refusals: list[Refusal]
    count: int
    broken: int


@dataclass(slots=True)
class Outcome:
    """What became of rows."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    new_profiles: int = 0
    unknown_companies: set[str] = field(default_factory=set)
    refusals: list[Refusal] = field(default_factory=list)

    def add(self, other: "Outcome") -> None:
        """Sum up; the refusals go their own way."""
        self.new += other.new
        self.changed += other.changed
        self.unchanged += other.unchanged
        self.new_profiles += other.new_profiles
        if len(self.unknown_companies) < MOST_NAMES:
            self.unknown_companies |= other.unknown_companies


MOST_NAMES = 100_000
QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


def broken_rows(file: str, chunk: Named) -> Iterator[Refusal]:
    """The rows that the reader could not make out."""
    for row in chunk.broken:
        yield Refusal(file, row.line, row.reason, row.raw, "rows that cannot be read")


def refused_rows(file: str, chunk: Named, reasons: Reasons) -> Iterator[Refusal]:
    """The rows of a chunk that cannot be taken, by position."""
    for position in sorted(reasons):
        why = reasons[position]
        yield Refusal(file, chunk.lines[position], "; ".join(why), chunk.raw(position), kind_of(why[0]))


def kind_of(reason: str) -> str:
    """A reason without the value that it quotes, to count alike ones together."""
    return QUOTED.sub("...", reason)[:120]


def taken(columns: Mapping[str, pa.Array], traits: Mapping[str, Column], reasons: Reasons) -> pa.Table:
    """The rows that are not refused: these columns, `traits`, `removed`, and the values of every trait."""
    count = len(columns["external_id"])
    table = pa.table(
        {
            **columns,
            "traits": trait_objects(traits, count),
            "removed": removed_keys(traits, count),
            **{VALUE + key: column.values for key, column in traits.items()},
        }
    )
    return table.take([row for row in range(count) if row not in reasons]) if reasons else table


def brought(rows: pa.Table) -> list[str]:
    """The keys of the traits of which some row has a value."""
    names = [name for name in rows.column_names if name.startswith(VALUE)]
    return [name.removeprefix(VALUE) for name in names if rows.column(name).null_count < rows.num_rows]


def trait_objects(columns: Mapping[str, Column], count: int) -> pa.Array:
    """The traits of every row as a JSON object."""
    if not columns:
        return pa.repeat("{}", count)
    members = [json_members(key, column) for key, column in columns.items()]
    # Arrow drops rows of which it skips everything, so each ends with an empty text; the comma before it goes again.
    inner = pc.ascii_rtrim(pc.binary_join_element_wise(*members, "", ",", null_handling="skip"), ",")
    return pc.binary_join_element_wise("{", inner, "}", "")


def removed_keys(columns: Mapping[str, Column], count: int) -> pa.Array:
    """The traits of every row that are to be taken away, as the text of a Postgres array."""
    removing = {_quoted(key): column.removed for key, column in columns.items() if column.removed}
    if not removing:
        return pa.repeat("{}", count)
    keys = (",".join(key for key, rows in removing.items() if row in rows) for row in range(count))
    return pa.array([f"{{{text}}}" for text in keys], pa.string())


def array_of(keys: Iterable[str]) -> str:
    """Keys as the text of a Postgres array."""
    return "{" + ",".join(map(_quoted, keys)) + "}"


def _quoted(key: str) -> str:
    return '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'


def portions(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The same rows in portions that are written together."""
    waiting: list[pa.Table] = []
    rows = cells = 0
    for table in tables:
        waiting.append(table)
        rows += table.num_rows
        cells += table.num_rows * table.num_columns
        if rows >= PORTION or cells >= CELLS:
            yield pa.concat_tables(waiting, promote_options="default").combine_chunks()
            waiting, rows, cells = [], 0, 0
    if rows:
        yield pa.concat_tables(waiting, promote_options="default").combine_chunks()
