"""Durations as text: ``"30 days"``."""

import re
from typing import Final, cast

from segments.rules.nodes import Duration, TimeUnit

LONGEST: Final[dict[str, int]] = {
    "minute": 52_596_000,
    "hour": 876_600,
    "day": 36_525,
    "week": 5_217,
    "month": 1_200,
    "year": 100,
}
"""The most of each unit that a duration may have: 100 years."""

LONGEST_YEAR: Final[dict[str, int]] = {"day": 366, "week": 52, "month": 12, "year": 1}
"""The units, and the most of each, of a duration of at most one year that counts in whole days."""

_SHAPE = re.compile(r"([1-9][0-9]{0,8}) (minute|hour|day|week|month|year)s?")


def parse_duration(text: str) -> Duration | None:
    """The duration that the text says, or None where it says none."""
    found = _SHAPE.fullmatch(text)
    if found is None:
        return None
    count, unit = int(found[1]), cast("TimeUnit", found[2])
    return Duration(count, unit) if count <= LONGEST[unit] else None


def format_duration(duration: Duration) -> str:
    """The normal form: plural unless 1."""
    plural = "" if duration.count == 1 else "s"
    return f"{duration.count} {duration.unit}{plural}"
