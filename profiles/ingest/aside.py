"""Rows whose external id comes more than once wait in a file, so that the last good one of each id is written."""

from array import array
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.compute as pc

from profiles.ingest.repeats import Repeat


class Aside:
    """Takes good rows with the group of equal ids they belong to, and gives back the last row of each group."""

    def __init__(self, folder: Path, groups: int) -> None:
        self._last = array("q", [-1]) * groups
        self._path = folder / "aside.arrow"
        self._file = pa.OSFile(str(self._path), "wb")
        self.rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def part(self, rows: pa.Table, repeats: Mapping[int, Repeat]) -> pa.Table:
        """Put the rows that are among `repeats` aside; answers the others. `repeats` is by the `number` of a row."""
        if not repeats:
            return rows
        numbers = rows.column("number").to_pylist()
        groups = [repeats[number].group if number in repeats else None for number in numbers]
        for number, group in zip(numbers, groups, strict=True):
            if group is not None:
                self._last[group] = number
        grouped = pa.array(groups, pa.int64())
        repeated = rows.append_column("group", grouped).filter(grouped.is_valid())
        with pa.ipc.new_stream(self._file, repeated.schema) as stream:  # rows of another chunk may have other columns
            stream.write_table(repeated)
        self.rows += repeated.num_rows
        return rows.filter(grouped.is_null())

    def last_ones(self) -> Iterator[pa.Table]:
        """The last row of each group, as many at a time as were put aside together."""
        self._file.close()
        last = pa.array(self._last, pa.int64())
        with pa.OSFile(str(self._path)) as file:
            while file.tell() < file.size():
                rows = pa.ipc.open_stream(file).read_all()
                newest = pc.equal(pc.take(last, rows.column("group")), rows.column("number"))
                yield rows.filter(newest).drop_columns("group")
