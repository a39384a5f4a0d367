"""A folder for what an import keeps on disk while it runs; what a killed import left behind is cleared away."""

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

LOCK = "lock"


@contextmanager
def scratch() -> Iterator[Path]:
    """A private folder below REGISTRY_HOME, gone in the end. Its lock says that it is in use."""
    parent: Path = settings.REGISTRY_HOME / "imports"
    parent.mkdir(parents=True, exist_ok=True)
    with (parent / LOCK).open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)  # nobody clears away between making a folder and locking it
        _clear(parent)
        folder = Path(tempfile.mkdtemp(dir=parent))
        mine = (folder / LOCK).open("w")
        fcntl.flock(mine, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        mine.close()
        shutil.rmtree(folder, ignore_errors=True)


def _clear(parent: Path) -> None:
    for folder in parent.iterdir():
        lock = folder / LOCK
        if not folder.is_dir() or not lock.exists():
            continue
        with lock.open("w") as theirs:
            try:
                fcntl.flock(theirs, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            shutil.rmtree(folder, ignore_errors=True)
