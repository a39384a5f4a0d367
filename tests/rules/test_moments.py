"""Calendar arithmetic: examples that people can check, and the reference's own arithmetic at random."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segments.rules.durations import parse_duration
from segments.rules.moments import EARLIEST, LATEST, Clock, Offset, Span, offsets
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
    Previous,
    This,
    Window,
)
from tests.rules.oracle import calendar
from tests.rules.oracle.definitions import Writer
from tests.rules.oracle.worlds import draw_world


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def clock(as_of: str, zone: str = "UTC") -> Clock:
    return Clock(at(as_of), ZoneInfo(zone))


def duration(text: str) -> Duration:
    found = parse_duration(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("as_of", "zone", "text", "expected"),
    [
        ("2026-03-31T12:00Z", "UTC", "1 month", "2026-02-28T12:00Z"),
        ("2024-02-29T12:00Z", "UTC", "1 year", "2023-02-28T12:00Z"),
        ("2026-03-29T12:00Z", "Europe/Berlin", "1 day", "2026-03-28T12:00Z"),
        ("2026-04-29T12:00Z", "Europe/Berlin", "1 month", "2026-03-29T12:00Z"),
        ("2026-04-29T00:30Z", "Europe/Berlin", "1 month", "2026-03-29T01:30Z"),
        ("2026-11-25T01:30Z", "Europe/Berlin", "1 month", "2026-10-25T00:30Z"),
        ("2026-12-08T07:30Z", "America/New_York", "9 months", "2026-03-08T07:30Z"),
        ("2012-01-29T12:00Z", "Pacific/Apia", "1 month", "2011-12-30T12:00Z"),
        ("1900-06-01T00:00Z", "UTC", "100 years", "1800-06-01T00:00Z"),
    ],
)
def test_a_duration_back_moves_the_wall_clock_only_for_months_and_years(
    as_of: str, zone: str, text: str, expected: str
) -> None:
    assert clock(as_of, zone).shift(duration(text), -1) == at(expected)


def test_results_outside_the_calendar_stop_at_its_ends() -> None:
    early = Clock(datetime(1, 1, 2, tzinfo=UTC), ZoneInfo("America/New_York"))
    late = Clock(datetime(9999, 12, 30, tzinfo=UTC), ZoneInfo("Asia/Tokyo"))
    assert early.shift(Duration(100, "year"), -1) == EARLIEST
    assert early.shift(Duration(30, "day"), -1) == EARLIEST
    assert early.window(Days(400, "now")) == Span(datetime(1, 1, 1, 4, 56, 2, tzinfo=UTC), early.as_of)
    assert late.shift(Duration(1, "month"), 1) == LATEST
    assert late.shift(Duration(9, "week"), 1) == LATEST


@pytest.mark.parametrize(
    ("window", "start", "end"),
    [
        (Last(Duration(30, "day")), "2026-02-27T12:00Z", "2026-03-29T12:00Z"),
        (Days(1, "today"), "2026-03-27T23:00Z", "2026-03-28T23:00Z"),
        (Days(1, "now"), "2026-03-27T23:00Z", "2026-03-29T12:00Z"),
        (This("day"), "2026-03-28T23:00Z", "2026-03-29T12:00Z"),
        (This("week"), "2026-03-22T23:00Z", "2026-03-29T12:00Z"),
        (This("quarter"), "2025-12-31T23:00Z", "2026-03-29T12:00Z"),
        (Previous("week"), "2026-03-15T23:00Z", "2026-03-22T23:00Z"),
        (Previous("month"), "2026-01-31T23:00Z", "2026-02-28T23:00Z"),
        (Previous("year"), "2024-12-31T23:00Z", "2025-12-31T23:00Z"),
        (Between(Midnight(date(2026, 3, 29)), None), "2026-03-28T23:00Z", "2026-03-29T12:00Z"),
        (Between(At(at("2026-03-01T00:00Z")), Ahead(Duration(1, "day"))), "2026-03-01T00:00Z", "2026-03-29T12:00Z"),
        (Between(At(at("2026-03-01T00:00Z")), Ago(Duration(1, "day"))), "2026-03-01T00:00Z", "2026-03-28T12:00Z"),
    ],
)
def test_windows_on_the_day_on_which_clocks_go_forward(window: Window, start: str, end: str) -> None:
    assert clock("2026-03-29T12:00Z", "Europe/Berlin").window(window) == Span(at(start), at(end))


def test_without_a_window_everything_before_as_of_counts() -> None:
    assert clock("2026-03-29T12:00Z").window(None) == Span(None, at("2026-03-29T12:00Z"))


def test_the_window_before_a_month_is_the_month_before_it() -> None:
    assert clock("2026-03-31T12:00Z").window_before(Last(Duration(1, "month"))) == Span(
        at("2026-01-31T12:00Z"), at("2026-02-28T12:00Z")
    )


def test_a_window_in_the_future_is_empty() -> None:
    ahead = Between(Ahead(Duration(1, "day")), Ahead(Duration(2, "day")))
    assert clock("2026-03-29T12:00Z").window(ahead).empty


def test_offsets_are_those_that_the_span_reaches() -> None:
    span = Span(at("2026-01-01T00:00Z"), at("2026-10-25T01:00Z"))
    assert offsets(ZoneInfo("Europe/Berlin"), span) == (Offset(None, 3600), Offset(at("2026-03-29T01:00Z"), 7200))
    assert offsets(ZoneInfo("UTC"), Span(None, at("2026-01-01T00:00Z"))) == (Offset(None, 0),)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Africa/Freetown", "Pacific/Apia", "Africa/Casablanca"])
def test_every_hour_has_the_offset_of_the_table(zone: str) -> None:
    table = offsets(ZoneInfo(zone), Span(None, at("2299-12-31T00:00Z")))
    random = Random(zone)
    for _ in range(3_000):
        moment = at("1900-01-01T00:00Z") + timedelta(hours=random.randint(0, 3_506_000))
        found = [offset for offset in table if offset.start is None or offset.start <= moment][-1]
        assert timedelta(seconds=found.seconds) == moment.astimezone(ZoneInfo(zone)).utcoffset()


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(0, 2**32))
def test_windows_and_anniversaries_are_those_of_the_reference(seed: int) -> None:
    random = Random(seed)
    world = draw_world(random)
    writer, zone = Writer(random, world), world.timezone
    mine = Clock(world.as_of, ZoneInfo(zone))
    for _ in range(10):
        shape = writer.window()
        start, end = calendar.window(shape, world.as_of, zone)
        assert mine.window(_window(shape)) == Span(start, world.as_of if end is None else min(end, world.as_of))
    for profile in world.profiles:
        for value in profile.traits.values():
            if isinstance(value, datetime):
                expected = calendar.has_anniversary(value, "1 month", world.as_of, zone)
                assert _has_anniversary(mine, value, Duration(1, "month")) == expected


def _window(shape: dict[str, Any]) -> Window:
    match shape:
        case {"last": text}:
            return Last(duration(text))
        case {"days": count, "until": until}:
            return Days(count, until)
        case {"this": period}:
            return This(period)
        case {"previous": period}:
            return Previous(period)
    return _between(shape)


def _between(shape: dict[str, Any]) -> Between:
    start, end = (_instant(shape[name]) if name in shape else None for name in ("from", "to"))
    return Between(start, end)


def _instant(value: object) -> Instant:
    if isinstance(value, dict):
        return Ago(duration(value["ago"])) if "ago" in value else Ahead(duration(value["ahead"]))
    text = str(value)
    return At(at(text)) if "T" in text else Midnight(date.fromisoformat(text))


def _has_anniversary(mine: Clock, moment: datetime, length: Duration) -> bool:
    day = moment.astimezone(UTC).date()
    number = day.month * 100 + day.day
    return any(days.first <= number <= days.last and day.year < days.before for days in mine.anniversaries(length))
