"""A CSV file that appears whole or not at all: written under another name in the same folder, then renamed."""

import csv
import gzip
import hashlib
import io
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

COMPRESSION_LEVEL = 6


class _Hashing:
    """Writes on, and hashes what goes by."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.sha256 = hashlib.sha256()

    def write(self, data: bytes, /) -> int:
        self.sha256.update(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()


class Part:
    """One file on its way. `name` is what it will be called; `suffix` makes the name before unique."""

    def __init__(self, folder: Path, name: str, *, suffix: str, newline: str, header: Sequence[str]) -> None:
        self.name = name
        self.rows = 0
        self._newline = newline
        self._target = folder / name
        self._path = folder / f".{name}.{suffix}.part"
        self._file = self._path.open("xb")
        self._hashing = _Hashing(self._file)
        self._zip = None
        if name.endswith(".gz"):  # no name and no time inside, so that equal rows make equal files
            self._zip = gzip.GzipFile("", "wb", COMPRESSION_LEVEL, self._hashing, mtime=0)
        self._write([header])

    def write(self, rows: Sequence[Sequence[str]]) -> None:
        """Add rows of cells."""
        self._write(rows)
        self.rows += len(rows)

    def _write(self, rows: Iterable[Sequence[str]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator=self._newline).writerows(rows)
        (self._zip or self._hashing).write(text.getvalue().encode())

    def settle(self) -> dict[str, str | int]:
        """Get every byte onto the disk, still under the other name; answers the file's entry in the manifest."""
        if self._zip is not None:
            self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return {"name": self.name, "rows": self.rows, "sha256": self._hashing.sha256.hexdigest()}

    def publish(self) -> None:
        """Give the settled file its name."""
        self._path.replace(self._target)

    def discard(self) -> None:
        """Remove what was not published."""
        self._file.close()
        self._path.unlink(missing_ok=True)


def write_document(folder: Path, name: str, *, suffix: str, document: Mapping[str, object]) -> None:
    """A JSON file that appears whole or not at all."""
    draft = folder / f".{name}.{suffix}.part"
    with draft.open("w", encoding="utf-8") as file:
        json.dump(document, file, indent=2, ensure_ascii=False)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / name)
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Get renames in a folder onto the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
