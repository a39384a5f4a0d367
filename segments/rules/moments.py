"""Calendar arithmetic at one `as_of`: instants, windows, offsets of a timezone, anniversaries.

No engine does any of this: the compiler calls these functions and writes the results as literals. Every instant that
goes in or comes out is an aware datetime in UTC; results outside the years 1 to 9999 stop at the ends of that range.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from segments.rules.nodes import (
    Ago,
    Ahead,
    At,
    Between,
    Days,
    Duration,
    Instant,
    Last,
    Midnight,
    Period,
    Previous,
    This,
    TimeUnit,
    Window,
)

EARLIEST: Final = datetime.min.replace(tzinfo=UTC)
LATEST: Final = datetime.max.replace(tzinfo=UTC)
FIRST: Final = datetime(1900, 1, 1, tzinfo=UTC)
"""No instant in the data lies before this one (RULES 2.5)."""
END: Final = datetime(2300, 1, 1, tzinfo=UTC)
"""Every instant in the data lies before this one."""

_EXACT: Final[dict[TimeUnit, timedelta]] = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
_MONTHS: Final[dict[TimeUnit, int]] = {"month": 1, "year": 12}
_PERIOD_MONTHS: Final[dict[Period, int]] = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Span:
    """The half-open range [start, end) in UTC; None is no beginning or no end."""

    start: datetime | None
    end: datetime | None

    @property
    def empty(self) -> bool:
        """Whether no instant lies in it."""
        return self.start is not None and self.end is not None and self.start >= self.end


@dataclass(frozen=True, slots=True)
class Offset:
    """From `start` (None: always) the wall clock is `seconds` ahead of UTC, until the next offset begins."""

    start: datetime | None
    seconds: int


@dataclass(frozen=True, slots=True)
class YearDays:
    """Days of a year, as month * 100 + day from `first` to `last`, for instants before the year `before`."""

    first: int
    last: int
    before: int


@dataclass(frozen=True, slots=True)
class Clock:
    """One `as_of` (aware, UTC) seen in one timezone."""

    as_of: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        """The date of `as_of` in the timezone."""
        return _to_wall(self.as_of, self.zone).date()

    def midnight(self, day: date) -> datetime:
        """The start of a day in the timezone; the first one if it comes twice."""
        return _from_wall(datetime.combine(day, time()), self.zone)

    def shift(self, duration: Duration, direction: int) -> datetime:
        """`as_of` moved by a duration times `direction` (-1 is once back, -2 twice): RULES 3.9."""
        count = duration.count * direction
        if duration.unit in _MONTHS:
            return _shift_months(self.as_of, count * _MONTHS[duration.unit], self.zone)
        return _add(self.as_of, _EXACT[duration.unit], count)

    def instant(self, instant: Instant) -> datetime:
        """The instant in UTC."""
        match instant:
            case At(moment):
                return moment
            case Midnight(day):
                return self.midnight(day)
            case Ago(duration):
                return self.shift(duration, -1)
            case Ahead(duration):
                return self.shift(duration, 1)

    def window(self, window: Window | None) -> Span:
        """The range of events that a window lets through; events at or after `as_of` do not exist."""
        if window is None:
            return Span(None, self.as_of)
        start, end = self._edges(window)
        return Span(start, self.as_of if end is None else min(end, self.as_of))

    def window_before(self, window: Last) -> Span:
        """The equally long range before ``{"last": D}``: [as_of - 2D, as_of - D)."""
        return Span(self.shift(window.duration, -2), self.shift(window.duration, -1))

    def _edges(self, window: Window) -> tuple[datetime | None, datetime | None]:
        match window:
            case Last(duration):
                return self.shift(duration, -1), None
            case Days(count, until):
                start = self.midnight(_shift_days(self.today, -count))
                return start, self.midnight(self.today) if until == "today" else None
            case This(period):
                return self.midnight(period_start(self.today, period)), None
            case Previous(period):
                this = period_start(self.today, period)
                return self.midnight(_period_before(this, period)), self.midnight(this)
            case Between(start_at, end_at):
                return (
                    None if start_at is None else self.instant(start_at),
                    None if end_at is None else self.instant(end_at),
                )

    def anniversaries(self, duration: Duration) -> tuple[YearDays, ...]:
        """The days on which an instant must lie to have its anniversary in [today, today + D): RULES 3.11."""
        last = _shift_date(self.today, duration) - timedelta(days=1)
        return tuple(
            _year_days(max(self.today, date(year, 1, 1)), min(last, date(year, 12, 31)))
            for year in range(self.today.year, last.year + 1)
        )


def exact_seconds(duration: Duration) -> int:
    """The length of a duration in minutes, hours, days or weeks."""
    return int(_EXACT[duration.unit].total_seconds()) * duration.count


def period_start(day: date, period: Period) -> date:
    """The first day of the period in which a day lies; weeks begin on Monday."""
    match period:
        case "day":
            return day
        case "week":
            return _shift_days(day, -day.weekday())
        case _:
            months = _PERIOD_MONTHS[period]
            return date(day.year, (day.month - 1) // months * months + 1, 1)


def offsets(zone: ZoneInfo, span: Span) -> tuple[Offset, ...]:
    """The offsets of a timezone with the instants from which they hold, oldest first, as far as the span reaches."""
    start = FIRST if span.start is None else max(span.start, FIRST)
    end = END if span.end is None else min(span.end, END)
    table = _offset_table(zone.key)
    starts = [offset.start or EARLIEST for offset in table]
    first = max(bisect_right(starts, start) - 1, 0)
    reached = [offset for offset in table[first:] if offset.start is None or offset.start < end] or [table[first]]
    return (Offset(None, reached[0].seconds), *reached[1:])


@lru_cache(maxsize=64)
def _offset_table(key: str) -> tuple[Offset, ...]:
    """All offsets from 1900 to 2299. No timezone has changed its offset and back within three days."""
    zone = ZoneInfo(key)
    step = timedelta(days=2)
    table = [Offset(None, _offset_seconds(FIRST, zone))]
    before = FIRST
    while before < END:
        after = before + step
        if _offset_seconds(after, zone) != table[-1].seconds:
            change = _first_change(before, after, zone)
            table.append(Offset(change, _offset_seconds(change, zone)))
        before = after
    return tuple(table)


def _first_change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The whole second, in (before, after], at which another offset begins."""
    old = _offset_seconds(before, zone)
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        if _offset_seconds(before + timedelta(seconds=middle), zone) == old:
            low = middle
        else:
            high = middle
    return before + timedelta(seconds=high)


def _offset_seconds(moment: datetime, zone: ZoneInfo) -> int:
    offset = moment.astimezone(zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def _to_wall(moment: datetime, zone: ZoneInfo) -> datetime:
    """The wall clock without its timezone."""
    try:
        return moment.astimezone(zone).replace(tzinfo=None)
    except OverflowError:
        return moment.replace(tzinfo=None)


def _from_wall(wall: datetime, zone: ZoneInfo) -> datetime:
    """With fold 0 Python reads a skipped time with the offset before the jump and a doubled one as the first."""
    try:
        return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    except OverflowError:
        return EARLIEST if wall.year == MINYEAR else LATEST


def _add(moment: datetime, length: timedelta, count: int) -> datetime:
    try:
        return moment + length * count
    except OverflowError:
        return EARLIEST if count < 0 else LATEST


def _shift_months(moment: datetime, months: int, zone: ZoneInfo) -> datetime:
    wall = _to_wall(moment, zone)
    day = _add_months(wall.date(), months)
    if day is None:
        return EARLIEST if months < 0 else LATEST
    return _from_wall(datetime.combine(day, wall.time()), zone)


def _shift_date(day: date, duration: Duration) -> date:
    if duration.unit in _MONTHS:
        return _add_months(day, duration.count * _MONTHS[duration.unit]) or date.max
    return _shift_days(day, _EXACT[duration.unit].days * duration.count)


def _shift_days(day: date, days: int) -> date:
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))


def _add_months(day: date, months: int) -> date | None:
    """The same day of another month, or its last day; None outside the calendar."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not MINYEAR <= year <= MAXYEAR:
        return None
    return date(year, month + 1, min(day.day, _days_in_month(year, month + 1)))


def _days_in_month(year: int, month: int) -> int:
    if month == 2:
        return 29 if _is_leap(year) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _period_before(start: date, period: Period) -> date:
    match period:
        case "day":
            return _shift_days(start, -1)
        case "week":
            return _shift_days(start, -7)
        case _:
            return _add_months(start, -_PERIOD_MONTHS[period]) or date.min


def _year_days(first: date, last: date) -> YearDays:
    """In a common year 28 February is the anniversary of 29 February too."""
    end = last.month * 100 + last.day
    if end == 228 and not _is_leap(last.year):
        end = 229
    return YearDays(first.month * 100 + first.day, end, first.year)
