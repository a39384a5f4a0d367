"""How large the world is, and the instant at which it ends."""

from dataclasses import dataclass
from datetime import UTC, datetime

AS_OF = datetime(2026, 11, 1, tzinfo=UTC)
"""Every event lies before it, and every definition is evaluated at it: answers never change with the calendar."""
EVENT_DAYS = 365


@dataclass(frozen=True, slots=True)
class Size:
    """A world's number of profiles; companies and events follow from it."""

    name: str
    profiles: int

    @property
    def companies(self) -> int:
        """One for 20 profiles."""
        return self.profiles // 20

    @property
    def events(self) -> int:
        """20 for each profile, by Pareto's law far from equally."""
        return self.profiles * 20


SIZES = {
    size.name: size
    for size in (
        Size("S10k", 10_000),
        Size("S25k", 25_000),
        Size("S100k", 100_000),
        Size("S250k", 250_000),
        Size("S1M", 1_000_000),
    )
}
"""S10k is for trying a bench out, S25k and S250k are what larger worlds are compared with."""
