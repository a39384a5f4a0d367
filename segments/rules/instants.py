"""Instants as text: ``"2026-03-01T09:30:00+01:00"`` and ``"2026-03-01"``, from 1900 to 2299."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

from segments.rules.durations import format_duration
from segments.rules.nodes import Ago, Ahead, At, Instant, Midnight

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2299

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_MOMENT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,6}))?"
    r"(?:Z|([+-])([0-9]{2}):([0-9]{2}))"
)


def parse_instant(text: str) -> At | Midnight | None:
    """The instant that the text says, or None where it says none; the range is of the instant in UTC."""
    found = _DATE.fullmatch(text)
    try:
        if found is not None:
            day = date(int(found[1]), int(found[2]), int(found[3]))
            return Midnight(day) if FIRST_YEAR <= day.year <= LAST_YEAR else None
        return _parse_moment(text)
    except (ValueError, OverflowError):
        return None


def _parse_moment(text: str) -> At | None:
    found = _MOMENT.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(found[group]) for group in range(1, 7))
    microsecond = int((found[7] or "0").ljust(6, "0"))
    local = datetime(year, month, day, hour, minute, second, microsecond, tzinfo=_offset(found))
    moment = local.astimezone(UTC)
    return At(moment) if FIRST_YEAR <= moment.year <= LAST_YEAR else None


def _offset(found: re.Match[str]) -> timezone:
    if found[8] is None:
        return UTC
    hours, minutes = int(found[9]), int(found[10])
    if hours > 23 or minutes > 59:
        raise ValueError(f"no offset of {hours}:{minutes}")
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(offset if found[8] == "+" else -offset)


def format_instant(instant: Instant) -> str | dict[str, str]:
    """The normal form: in UTC with Z, microseconds only where there are any; dates and durations as they are."""
    match instant:
        case At(moment):
            return moment.isoformat().replace("+00:00", "Z")
        case Midnight(day):
            return day.isoformat()
        case Ago(duration):
            return {"ago": format_duration(duration)}
        case Ahead(duration):
            return {"ahead": format_duration(duration)}
