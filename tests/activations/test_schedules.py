"""When an activation is due, held against a slow walk over every minute of the clocks."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from activations.schedules import Daily, Interval

MINUTE = timedelta(minutes=1)
JUMPS = {  # days on which the clocks of a zone change, or skip a day
    "Europe/London": (date(2026, 3, 29), date(2026, 10, 25)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "America/St_Johns": (date(2026, 3, 8), date(2026, 11, 1)),
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4)),
    "America/Santiago": (date(2026, 4, 5), date(2026, 9, 6)),
    "Africa/Cairo": (date(2026, 4, 24), date(2026, 10, 30)),
    "Pacific/Apia": (date(2011, 12, 30),),
    "Asia/Kathmandu": (date(2026, 5, 5),),
}
DAYS = [(zone, day) for zone, days in JUMPS.items() for day in days]


def moment_of(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant at which the zone's clocks show `day` and `at`, found by looking at them minute by minute."""
    target = datetime.combine(day, at)
    moment = datetime.combine(day, at, tzinfo=UTC) - timedelta(hours=27)
    before = moment.astimezone(zone)
    for _ in range(54 * 60):
        shown = moment.astimezone(zone)
        if shown.replace(tzinfo=None) == target:
            return moment  # of two, the first
        if shown.replace(tzinfo=None) > target:
            break  # the clocks have skipped it: read it with the offset before the jump
        before = shown
        moment += MINUTE
    offset = before.utcoffset()
    assert offset is not None
    return (target - offset).replace(tzinfo=UTC)


@settings(deadline=None, max_examples=50)
@given(st.sampled_from(DAYS), st.times(), st.integers(min_value=-36 * 60, max_value=36 * 60))
@example(("Europe/London", date(2026, 3, 29)), time(1, 30), -120)
@example(("Europe/London", date(2026, 10, 25)), time(1, 30), 30)
@example(("Pacific/Apia", date(2011, 12, 30)), time(10, 0), -600)
def test_daily_is_the_next_time_that_the_clocks_show(zone_and_day: tuple[str, date], at: time, offset: int) -> None:
    name, day = zone_and_day
    at = at.replace(second=0, microsecond=0)
    zone = ZoneInfo(name)
    now = datetime.combine(day, time(12), tzinfo=UTC) + offset * MINUTE
    times = [moment_of(day + timedelta(days=shift), at, zone) for shift in range(-3, 5)]
    assert Daily(at, name).first(now) == min(moment for moment in times if moment > now)


@pytest.mark.parametrize(
    ("zone", "at", "now", "due"),
    [
        ("Europe/London", time(1, 30), "2026-03-28T12:00Z", "2026-03-29T01:30Z"),  # skipped: read as 01:30 GMT
        ("Europe/London", time(1, 30), "2026-10-24T12:00Z", "2026-10-25T00:30Z"),  # twice: the first, in summer time
        ("Europe/London", time(1, 30), "2026-10-25T00:30Z", "2026-10-26T01:30Z"),
        ("America/New_York", time(2, 15), "2026-03-08T00:00Z", "2026-03-08T07:15Z"),
        ("Asia/Kathmandu", time(0, 0), "2026-05-05T00:00Z", "2026-05-05T18:15Z"),
    ],
)
def test_daily_on_days_when_the_clocks_change(zone: str, at: time, now: str, due: str) -> None:
    assert Daily(at, zone).first(datetime.fromisoformat(now)) == datetime.fromisoformat(due)


def test_a_year_of_daily_runs_has_one_for_each_day() -> None:
    daily = Daily(time(1, 30), "Europe/London")
    now = datetime(2026, 1, 1, tzinfo=UTC)
    days = set()
    for _ in range(365):
        now = daily.following(now, now)
        days.add((now + timedelta(hours=12)).date())
    assert len(days) == 365
    assert now.year == 2026


@given(st.integers(1, 10_000), st.integers(0, 1_000_000))
def test_an_interval_keeps_its_rhythm_and_makes_up_for_nothing(seconds: int, late: int) -> None:
    due = datetime(2026, 1, 1, tzinfo=UTC)
    now = due + timedelta(seconds=late)
    following = Interval(timedelta(seconds=seconds)).following(due, now)
    assert now < following <= now + timedelta(seconds=seconds)
    assert (following - due) % timedelta(seconds=seconds) == timedelta(0)


def test_an_interval_begins_at_once() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert Interval(timedelta(hours=1)).first(now) == now
