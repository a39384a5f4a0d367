"""Which of the formats a file is in: told by its first bytes, whatever its name."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from profiles.ingest.readers.chunks import Records, Table
from profiles.ingest.readers.delimited import DelimitedReader
from profiles.ingest.readers.lines import LinesReader
from profiles.ingest.readers.opening import Opened, encoding_of
from profiles.ingest.readers.parquet import ParquetReader
from profiles.ingest.refusals import ImportRefusedError

PARQUET = b"PAR1"
ZIP = b"PK\x03\x04"


class Reader(Protocol):
    """Reads one file from its beginning, once."""

    def chunks(self) -> Iterator[Table] | Iterator[Records]:
        """The rows in order, in bounded portions. Raises `ImportRefusedError` where the file cannot be read on."""
        ...


def open_reader(path: Path, name: str, encoding: str | None) -> tuple[Reader, Opened]:
    """The reader for a file, which messages call `name`, and the open file that tells progress and is to be closed."""
    opened = Opened(path, name)
    head = opened.head()
    if head.startswith(PARQUET):
        if opened.data is not opened.raw:
            raise ImportRefusedError(f"{name}: unpack the Parquet file first; it is packed inside already")
        return ParquetReader(path, opened), opened
    if head.startswith(ZIP):
        raise ImportRefusedError(f"{name} is an Excel or zip file; save it as CSV (UTF-8), JSON lines or Parquet")
    if not head:
        raise ImportRefusedError(f"{name} is empty")
    found = encoding_of(opened, encoding)
    start = head.decode(found, errors="ignore").lstrip()
    reader = LinesReader(opened, found) if start[:1] in ("{", "[") else DelimitedReader(opened, found)
    return reader, opened
