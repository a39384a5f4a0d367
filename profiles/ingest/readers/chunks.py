"""What readers hand on: some rows of one file with their line numbers, and the rows that could not be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that is no row: where, why, and as much of it as there is."""

    line: int
    reason: str
    raw: Any


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of CSV (cells are texts, "" is missing) or of Parquet (typed values, null is missing), by column."""

    lines: Sequence[int]
    columns: dict[str, pa.Array]
    broken: list[Broken]
    typed: bool

    def raw(self, position: int) -> dict[str, Any]:
        """One row as it was read."""
        return {name: cells[position].as_py() for name, cells in self.columns.items()}


@dataclass(frozen=True, slots=True)
class Records:
    """Rows of JSON lines: one object each."""

    lines: Sequence[int]
    records: list[dict[str, Any]]
    broken: list[Broken]
