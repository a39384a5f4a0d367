"""When an activation is due: every so often, or daily at a time by the clocks of a place."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS_AROUND = range(-2, 4)
"""Local days to look at: no zone is over a day from UTC, and a zone that crosses the date line skips one whole day."""


@dataclass(frozen=True)
class Interval:
    """Every `every`, counted from the first time it was due; times that were missed are not made up for."""

    every: timedelta

    def first(self, now: datetime) -> datetime:
        """At once."""
        return now

    def following(self, due: datetime, now: datetime) -> datetime:
        """The next time in the same rhythm that is later than `now`."""
        return due + self.every * ((now - due) // self.every + 1)


@dataclass(frozen=True)
class Daily:
    """Once per calendar day of `timezone`, when its clocks show `at`.

    As RULES 3.9 says: a time that the clocks skip is read with the offset before the jump, one that comes twice means
    the first. `datetime` reads wall times with fold=0 in exactly this way.
    """

    at: time
    timezone: str

    def first(self, now: datetime) -> datetime:
        """The first time later than `now`, in UTC."""
        zone = ZoneInfo(self.timezone)
        today = now.astimezone(zone).date()
        at = self.at.replace(fold=0)
        times = (datetime.combine(today + timedelta(days=day), at, tzinfo=zone).astimezone(UTC) for day in DAYS_AROUND)
        return min(moment for moment in times if moment > now)

    def following(self, due: datetime, now: datetime) -> datetime:
        """The first time later than both."""
        return self.first(max(due, now))


Schedule = Interval | Daily
