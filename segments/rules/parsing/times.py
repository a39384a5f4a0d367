"""Readers of durations, instants and windows."""

from collections.abc import Mapping
from typing import Any, Final, Literal, cast

from segments.rules.durations import LONGEST, parse_duration
from segments.rules.errors import Code
from segments.rules.instants import parse_instant
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
    Window,
)
from segments.rules.parsing.reading import (
    Reading,
    check_keys,
    name_of,
    read_choice,
    read_object,
    read_whole,
    shown,
    wrong_type,
)
from segments.rules.paths import Path

LONGEST_DAYS: Final = 36_525
PERIODS: Final[tuple[str, ...]] = ("day", "week", "month", "quarter", "year")
UNTIL: Final[tuple[str, ...]] = ("today", "now")
WINDOW_KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "last": ("last",),
    "days": ("days", "until"),
    "this": ("this",),
    "previous": ("previous",),
    "from": ("from", "to"),
    "to": ("from", "to"),
}
"""The key that makes a window -> the keys that the window may have."""


def read_duration(
    reading: Reading, path: Path, value: object, *, longest: Mapping[str, int] = LONGEST, why: str = ""
) -> Duration | None:
    """A duration of at most `longest` of its unit; a unit that is not in it is refused."""
    if not isinstance(value, str):
        wrong_type(reading, path, value, "a duration like '30 days'", why)
        return None
    duration = parse_duration(value)
    if duration is None or duration.count > longest.get(duration.unit, 0):
        units = ", ".join(f"{unit}s" for unit in longest)
        most = "100 years" if longest is LONGEST else " or ".join(f"{n} {unit}s" for unit, n in longest.items())
        message = f"{shown(value)} is no duration for {name_of(path)}: write '7 days' (units: {units}; at most {most})"
        reading.add(path, Code.BAD_DURATION, message)
        return None
    return duration


def read_instant(reading: Reading, path: Path, value: object, why: str = "") -> Instant | None:
    """A date, a date and time with an offset, or a distance from `as_of`."""
    if isinstance(value, dict):
        return _read_distance(reading, path, value)
    if not isinstance(value, str):
        wrong_type(reading, path, value, "an instant: a date, a date and time with an offset, or {'ago': ...}", why)
        return None
    instant = parse_instant(value)
    if instant is None:
        message = (
            f"{shown(value)} is no instant from 1900 to 2299: write '2026-03-01' or '2026-03-01T09:30:00+01:00', "
            "or {'ago': '30 days'}"
        )
        reading.add(path, Code.BAD_INSTANT, message)
    return instant


def _read_distance(reading: Reading, path: Path, value: Mapping[str, Any]) -> Instant | None:
    kinds = [key for key in ("ago", "ahead") if key in value]
    if len(kinds) != 1:
        reading.add(path, Code.BAD_INSTANT, f"{name_of(path)} as an object needs either 'ago' or 'ahead'")
        return None
    kind = kinds[0]
    check_keys(reading, path, value, (kind,))
    duration = read_duration(reading, (*path, kind), value[kind])
    if duration is None:
        return None
    return Ago(duration) if kind == "ago" else Ahead(duration)


def read_window(reading: Reading, path: Path, value: object) -> Window | None:
    """A window of one kind."""
    obj = read_object(reading, path, value, "a window")
    if obj is None:
        return None
    kinds = {WINDOW_KINDS[key] for key in obj if key in WINDOW_KINDS}
    if not kinds and "until" in obj:
        kinds = {WINDOW_KINDS["days"]}
    if len(kinds) != 1:
        kind = "is of no kind" if not kinds else "is of several kinds"
        message = f"The window {kind}: use exactly one of 'last', 'days', 'this', 'previous', or 'from' and 'to'"
        hint = "".join(reading.findings.suggest(str(key), WINDOW_KINDS) for key in list(obj)[:1]) if not kinds else ""
        reading.add(path, Code.BAD_WINDOW, message + hint)
        return None
    (known,) = kinds
    check_keys(reading, path, obj, known, required=known if known[0] == "days" else ())
    match known[0]:
        case "last":
            last = read_duration(reading, (*path, "last"), obj["last"])
            return None if last is None else Last(last)
        case "days":
            return _read_days(reading, path, obj)
        case "from":
            return _read_between(reading, path, obj)
        case kind:
            period = read_choice(reading, (*path, kind), obj[kind], PERIODS)
            if period is None:
                return None
            return This(cast("Period", period)) if kind == "this" else Previous(cast("Period", period))


def _read_days(reading: Reading, path: Path, obj: Mapping[str, Any]) -> Days | None:
    count = read_whole(reading, (*path, "days"), obj["days"], LONGEST_DAYS) if "days" in obj else None
    until = read_choice(reading, (*path, "until"), obj["until"], UNTIL) if "until" in obj else None
    if count is None or until is None:
        return None
    return Days(count, cast("Literal['today', 'now']", until))


def _read_between(reading: Reading, path: Path, obj: Mapping[str, Any]) -> Between | None:
    ends = {key: read_instant(reading, (*path, key), obj[key]) for key in ("from", "to") if key in obj}
    if None in ends.values():
        return None
    start, end = ends.get("from"), ends.get("to")
    match start, end:
        case (At(one), At(other)) if one >= other:
            pass
        case (Midnight(day), Midnight(other_day)) if day >= other_day:
            pass
        case _:
            return Between(start, end)
    reading.add(path, Code.BAD_WINDOW, "The window ends before it begins: 'from' must be earlier than 'to'")
    return None
