"""Import files of every format as chunks of columns."""

from profiles.ingest.readers.chunks import Broken, Records, Table
from profiles.ingest.readers.formats import Reader, open_reader

__all__ = ["Broken", "Reader", "Records", "Table", "open_reader"]
