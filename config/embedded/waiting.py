"""Waiting for a server on a condition, never for a fixed time."""

import time
from collections.abc import Callable
from pathlib import Path

from config.embedded.layout import EmbeddedError

READY_SECONDS = 60


def wait_until(condition: Callable[[], bool], what: str, log: Path, seconds: float = READY_SECONDS) -> None:
    """Come back once `condition` holds. Raises `EmbeddedError` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise EmbeddedError(f"{what} took over {seconds:.0f} s; the end of {log} says:\n{tail_of(log)}")
        time.sleep(0.05)


def tail_of(log: Path, size: int = 2000) -> str:
    """The last lines of a log."""
    if not log.is_file():
        return "(nothing)"
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - size))
        return file.read().decode(errors="replace").strip()
