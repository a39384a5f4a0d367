"""Tells how far an import is."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

EVERY = 2.0
"""Seconds between two steps."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far one reading of the input is: `verb` is what is done, `share` how much of all files, 0 to 1."""

    verb: str
    rows: int
    share: float
    rate: float

    def text(self) -> str:
        """A line for a person."""
        return f"{self.verb}: {self.share:.0%}, {self.rows:,} rows, {self.rate:,.0f} rows/s"


@dataclass(slots=True)
class Progress:
    """Counts rows and bytes of one reading of the input."""

    verb: str
    size: int
    tell: Callable[[Step], object]
    rows: int = 0
    _began: float = field(default_factory=time.monotonic)
    _told: float = field(default_factory=time.monotonic)

    def at(self, rows: int, done: int) -> None:
        """`rows` more rows, `done` bytes of all files so far."""
        self.rows += rows
        if time.monotonic() - self._told >= EVERY:
            self._step(min(done / self.size, 1) if self.size else 0)

    def end(self) -> None:
        """All is read; says so if it took long enough to be worth a line."""
        if time.monotonic() - self._began >= EVERY:
            self._step(1)

    def _step(self, share: float) -> None:
        now = time.monotonic()
        self.tell(Step(self.verb, self.rows, share, self.rows / max(now - self._began, 0.001)))
        self._told = now
