"""Calendar arithmetic of the reference: wall clocks are found by trying offsets, months by counting."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EXACT = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
}


def read_duration(text: str) -> tuple[int, str]:
    number, unit = text.split(" ")
    return int(number), unit.removesuffix("s")


def wall(moment: datetime, zone: str) -> datetime:
    """The naive wall clock."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def from_wall(clock: datetime, zone: str) -> datetime:
    """The first instant at which the clock shows this; a skipped time counts on from the offset before the jump."""
    as_if = clock.replace(tzinfo=UTC)
    near = [as_if + timedelta(hours=hours) for hours in (-26, 26)]
    offsets = [wall(moment, zone) - moment.replace(tzinfo=None) for moment in near]
    found = sorted(as_if - offset for offset in offsets if wall(as_if - offset, zone) == clock)
    return found[0] if found else as_if - offsets[0]


def midnight(day: date, zone: str) -> datetime:
    return from_wall(datetime.combine(day, time()), zone)


def plus_months(day: date, months: int) -> date:
    year, month = day.year, day.month
    while months > 0:
        months, month = months - 1, month + 1
        if month == 13:
            year, month = year + 1, 1
    while months < 0:
        months, month = months + 1, month - 1
        if month == 0:
            year, month = year - 1, 12
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def moved(moment: datetime, duration: str, times: int, zone: str) -> datetime:
    """The moment moved by so many times the duration."""
    number, unit = read_duration(duration)
    if unit in EXACT:
        return moment + EXACT[unit] * (number * times)
    clock = wall(moment, zone)
    months = number * times * (12 if unit == "year" else 1)
    return from_wall(datetime.combine(plus_months(clock.date(), months), clock.time()), zone)


def read_instant(value: object, as_of: datetime, zone: str) -> datetime:
    if isinstance(value, dict):
        return moved(as_of, value["ago"], -1, zone) if "ago" in value else moved(as_of, value["ahead"], 1, zone)
    assert isinstance(value, str)
    if "T" in value:
        return datetime.fromisoformat(value).astimezone(UTC)
    return midnight(date.fromisoformat(value), zone)


def first_day(day: date, period: str) -> date:
    while not _begins(day, period):
        day -= timedelta(days=1)
    return day


def _begins(day: date, period: str) -> bool:
    return {
        "day": True,
        "week": day.isoweekday() == 1,
        "month": day.day == 1,
        "quarter": day.day == 1 and day.month in (1, 4, 7, 10),
        "year": day.day == 1 and day.month == 1,
    }[period]


def window(shape: dict[str, object] | None, as_of: datetime, zone: str) -> tuple[datetime | None, datetime | None]:
    """The half-open range of a window, not yet cut at `as_of`."""
    today = wall(as_of, zone).date()
    match shape or {}:
        case {"last": str(duration)}:
            return moved(as_of, duration, -1, zone), as_of
        case {"days": int(number), "until": until}:
            end = as_of if until == "now" else midnight(today, zone)
            return midnight(today - timedelta(days=number), zone), end
        case {"this": str(period)}:
            return midnight(first_day(today, period), zone), as_of
        case {"previous": str(period)}:
            end_day = first_day(today, period)
            start_day = first_day(end_day - timedelta(days=1), period)
            return midnight(start_day, zone), midnight(end_day, zone)
        case edges:
            start = read_instant(edges["from"], as_of, zone) if "from" in edges else None
            return start, read_instant(edges["to"], as_of, zone) if "to" in edges else None


def has_anniversary(moment: datetime, duration: str, as_of: datetime, zone: str) -> bool:
    today = wall(as_of, zone).date()
    number, unit = read_duration(duration)
    months = number * (12 if unit == "year" else 1)
    end = today + EXACT[unit] * number if unit in EXACT else plus_months(today, months)
    born = moment.astimezone(UTC).date()
    for year in range(max(born.year + 1, today.year), end.year + 1):
        leapless = (born.month, born.day) == (2, 29) and monthrange(year, 2)[1] == 28
        if today <= date(year, born.month, 28 if leapless else born.day) < end:
            return True
    return False
