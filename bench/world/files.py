"""The world as import files in Parquet, kept for the next run."""

import hashlib
import shutil
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bench.world import happenings, people
from bench.world.shape import EVENTS
from bench.world.sizes import Size

AT_A_TIME = 100_000
"""Profiles whose rows are in memory at once, with 2,000,000 events."""


class WorldFiles:
    """A folder with ``profiles.parquet``, ``companies.parquet`` and ``events/NAME.parquet``."""

    def __init__(self, folder: Path, size: Size) -> None:
        self.folder = folder
        self.size = size
        self.profiles = folder / "profiles.parquet"
        self.companies = folder / "companies.parquet"

    def events(self, name: str) -> Path:
        """The file of one event."""
        return self.folder / "events" / f"{name}.parquet"

    def make(self) -> None:
        """Write the files unless this very generator has written them already."""
        stamp = self.folder / "generator"
        if stamp.exists() and stamp.read_text() == generator():
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "events").mkdir(parents=True)
        print(f"Generating {self.size.name} ...", file=sys.stderr)
        self._write()
        stamp.write_text(generator())

    def _write(self) -> None:
        writers: dict[Path, pq.ParquetWriter] = {}
        pq.write_table(people.companies(self.size), self.companies, compression="zstd")
        for first in range(1, self.size.profiles + 1, AT_A_TIME):
            last = min(first + AT_A_TIME - 1, self.size.profiles)
            _append(writers, self.profiles, people.profiles(self.size, first, last))
            for name, rows in happenings.events(self.size, first, last):
                _append(writers, self.events(name), rows)
        for writer in writers.values():
            writer.close()


def _append(writers: dict[Path, pq.ParquetWriter], path: Path, rows: pa.Table) -> None:
    if path not in writers:
        writers[path] = pq.ParquetWriter(path, rows.schema, compression="zstd")
    writers[path].write_table(rows)


def generator() -> str:
    """The hash of the code that makes the world: what was made by other code is made anew."""
    digest = hashlib.sha256(",".join(EVENTS).encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
