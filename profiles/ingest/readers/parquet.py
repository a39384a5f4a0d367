"""Parquet: typed columns; the number of a row stands for its line."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from profiles.ingest.readers.chunks import Table
from profiles.ingest.readers.delimited import CELLS_PER_CHUNK, ROWS_PER_CHUNK
from profiles.ingest.readers.opening import Opened
from profiles.ingest.refusals import ImportRefusedError


@dataclass(slots=True)
class ParquetReader:
    """Reads one Parquet file, a row group's pages at a time."""

    path: Path
    opened: Opened

    def chunks(self) -> Iterator[Table]:
        """The rows in order, a bounded number of cells at a time."""
        try:
            with pq.ParquetFile(self.path, pre_buffer=False) as file:
                yield from self._chunks(file)
        except (pa.ArrowException, OSError) as error:
            raise ImportRefusedError(f"{self.opened.name}: the Parquet file cannot be read: {error}") from error

    def _chunks(self, file: pq.ParquetFile) -> Iterator[Table]:
        names = file.schema_arrow.names
        if not names:
            raise ImportRefusedError(f"{self.opened.name} has no columns")
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ImportRefusedError(f"{self.opened.name}: more than one column is called {', '.join(twice)}")
        row = 1
        size = max(50, min(ROWS_PER_CHUNK, CELLS_PER_CHUNK // len(names)))
        for batch in file.iter_batches(batch_size=size):
            columns = {name: _plain(column) for name, column in zip(names, batch.columns, strict=True)}
            yield Table(range(row, row + batch.num_rows), columns, [], typed=True)
            row += batch.num_rows
            self.opened.passed = self.opened.size * row // max(file.metadata.num_rows, 1)


def _plain(column: pa.Array) -> pa.Array:
    """The same values in the types that the rest of an import knows."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _plain(column.dictionary_decode())
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return column.cast(pa.string())
    if pa.types.is_timestamp(kind) and kind.unit == "ns":  # digits finer than microseconds are cut off
        return column.cast(pa.timestamp("us", kind.tz), safe=False)
    return column
