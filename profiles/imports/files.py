"""Where the files of imports are while they are needed: one private folder each below `settings.UPLOADS`."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from django.conf import settings

CHUNK = 1024 * 1024


class CutOffError(Exception):
    """The sender stopped before all of the file was here."""


class Stream(Protocol):
    """What bytes come from."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, at most `size`; b"" after the last."""
        ...


@dataclass(frozen=True, slots=True)
class Received:
    """A file that is here as a whole."""

    path: Path
    size: int
    sha256: str


def folder_of(pk: int) -> Path:
    """Everything of one import."""
    return Path(settings.UPLOADS) / str(pk)


def data_of(pk: int) -> Path:
    """What was sent."""
    return folder_of(pk) / "data"


def rejects_of(pk: int) -> Path:
    """The rows that were not taken; there is none if all were."""
    return folder_of(pk) / "rejects.csv"


@contextmanager
def received(pk: int, stream: Stream, size: int) -> Iterator[Received]:
    """Take in `size` bytes as a file that nobody sees; `keep` gives it its place, else it is gone in the end.

    Raises `CutOffError` if there are fewer.
    """
    folder = folder_of(pk)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(".part", dir=folder)
    try:
        digest, left = sha256(), size
        with os.fdopen(number, "wb") as file:
            while left and (chunk := stream.read(min(CHUNK, left))):
                file.write(chunk)
                digest.update(chunk)
                left -= len(chunk)
            file.flush()
            os.fsync(file.fileno())
        if left:
            raise CutOffError
        yield Received(Path(name), size, digest.hexdigest())
    finally:
        Path(name).unlink(missing_ok=True)


def keep(pk: int, file: Received) -> None:
    """Make a received file the import's own."""
    file.path.replace(data_of(pk))


def discard_data(pk: int) -> None:
    """Delete what was sent; the rejects stay."""
    data_of(pk).unlink(missing_ok=True)


def discard(pk: int) -> None:
    """Delete everything of an import."""
    shutil.rmtree(folder_of(pk), ignore_errors=True)


def kept() -> list[int]:
    """The imports that have a folder."""
    folder = Path(settings.UPLOADS)
    return [int(one.name) for one in folder.iterdir() if one.name.isdecimal()] if folder.is_dir() else []
