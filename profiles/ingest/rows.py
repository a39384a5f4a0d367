"""Rows between reading and writing: what is ready to be written, what was refused, and what became of them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from profiles.ingest.columns import Column, json_members
from profiles.ingest.naming import Named
from profiles.ingest.reading import Reasons
from profiles.ingest.rejects import Refusal
from profiles.ingest.values import NULL

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Prepared(Generic[Row]):
    """One chunk: the good rows, the refusals, how many rows were read, and how many could not be made out."""

    rows: list[Row]
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


def trait_objects(columns: Mapping[str, Column], count: int) -> list[str]:
    """The traits of every row as a JSON object."""
    members = [json_members(key, column) for key, column in columns.items()]
    if not members:
        return ["{}"] * count
    return ["{" + ",".join(filter(None, row)) + "}" for row in zip(*members, strict=True)]


def removed_keys(columns: Mapping[str, Column], count: int) -> list[tuple[str, ...]]:
    """The traits of every row that are to be taken away."""
    removing = {key: column.values for key, column in columns.items() if NULL in column.values}
    if not removing:
        return [()] * count
    return [tuple(key for key, found in removing.items() if found[row] is NULL) for row in range(count)]
