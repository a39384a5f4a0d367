"""The cells of a CSV file on disk, as the first reading has split them: the second one need not do it again."""

import json
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path
from typing import Any

import pyarrow as pa

from profiles.ingest.readers import Broken, Table

OPTIONS = pa.ipc.IpcWriteOptions(compression="lz4")
BESIDE = b"beside"
"""Key of what a batch cannot hold in columns: rows that could not be split, and how far the file was read."""


class Spill:
    """The chunks of one file, in order; written once, then read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: Any = None

    def add(self, chunk: Table, done: int) -> None:
        """The next chunk, after which `done` bytes of the file were read. All have the same columns."""
        columns = [pa.array(chunk.lines, pa.int64()), *chunk.columns.values()]
        batch = pa.RecordBatch.from_arrays(columns, names=["", *chunk.columns])
        if self._writer is None:
            self._writer = pa.ipc.new_stream(str(self._path), batch.schema, options=OPTIONS)
        beside = json.dumps([done, [astuple(row) for row in chunk.broken]])
        self._writer.write_batch(batch, custom_metadata={BESIDE: beside})

    def close(self) -> None:
        """All has been added."""
        if self._writer is not None:
            self._writer.close()

    def chunks(self) -> Iterator[tuple[Table, int]]:
        """Every chunk, with how many bytes of the file were read by then."""
        if self._writer is None:
            return
        with pa.OSFile(str(self._path)) as file, pa.ipc.open_stream(file) as stream:
            for batch, metadata in stream.iter_batches_with_custom_metadata():
                done, broken = json.loads(metadata[BESIDE])
                columns = dict(zip(batch.schema.names[1:], batch.columns[1:], strict=True))
                lines = batch.column(0).to_pylist()
                yield Table(lines, columns, [Broken(*row) for row in broken], typed=False), done
