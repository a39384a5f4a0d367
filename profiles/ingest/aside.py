"""Rows whose external id comes more than once wait in a file, so that the last good one of each id is written."""

import json
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from profiles.ingest.repeats import Repeat

Row = TypeVar("Row")


class Aside(Generic[Row]):
    """Takes good rows with the group of equal ids they belong to, and gives back the last row of each group."""

    def __init__(self, folder: Path, groups: int, make: Callable[[list[Any]], Row]) -> None:
        self._last = array("q", [-1]) * groups
        self._make = make
        self._file = (folder / "aside.jsonl").open("w+", encoding="utf-8")
        self.rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def part(self, rows: Sequence[Row], repeats: Mapping[int, Repeat], number: Callable[[Row], int]) -> list[Row]:
        """Put the rows that are among `repeats` aside; answers the others."""
        if not repeats:
            return list(rows)
        once: list[Row] = []
        for row in rows:
            repeat = repeats.get(number(row))
            if repeat is None:
                once.append(row)
                continue
            self._last[repeat.group] = number(row)
            self._file.write(json.dumps([repeat.group, row]) + "\n")
            self.rows += 1
        return once

    def last_ones(self, number: Callable[[Row], int], size: int) -> Iterator[list[Row]]:
        """The last row of each group, at most `size` at a time."""
        self._file.seek(0)
        found: list[Row] = []
        for line in self._file:
            group, values = json.loads(line)
            row = self._make(_with_tuples(values))
            if self._last[group] == number(row):
                found.append(row)
            if len(found) == size:
                yield found
                found = []
        if found:
            yield found


def _with_tuples(values: list[Any]) -> list[Any]:
    return [tuple(value) if isinstance(value, list) else value for value in values]
