"""Tells how far an import is."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

EVERY = 2.0
"""Seconds between two lines."""


@dataclass(slots=True)
class Progress:
    """Counts rows and bytes of one reading of the input."""

    verb: str
    size: int
    say: Callable[[str], object]
    rows: int = 0
    _began: float = field(default_factory=time.monotonic)
    _told: float = field(default_factory=time.monotonic)

    def at(self, rows: int, done: int) -> None:
        """`rows` more rows, `done` bytes of all files so far."""
        self.rows += rows
        if time.monotonic() - self._told >= EVERY:
            share = f"{min(done / self.size, 1):.0%}, " if self.size else ""
            self._tell(share)

    def end(self) -> None:
        """All is read; says so if it took long enough to be worth a line."""
        if time.monotonic() - self._began >= EVERY:
            self._tell("100%, ")

    def _tell(self, share: str) -> None:
        now = time.monotonic()
        rate = self.rows / max(now - self._began, 0.001)
        self.say(f"{self.verb}: {share}{self.rows:,} rows, {rate:,.0f} rows/s")
        self._told = now
