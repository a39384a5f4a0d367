"""Moments and spans in words."""

from datetime import UTC, datetime, timedelta

import pytest

from lib import ages

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=60), "1 min ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=1), "1 h ago"),
        (timedelta(hours=23, minutes=59), "23 h ago"),
        (timedelta(days=1), "yesterday"),
        (timedelta(days=1, hours=23), "yesterday"),
        (timedelta(days=2), "20 Nov"),
        (timedelta(days=400), "18 Oct 2025"),
    ],
)
def test_an_age_is_told_as_people_tell_it(age: timedelta, words: str) -> None:
    assert ages.ago(NOW - age, NOW) == words


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(seconds=-5), "at once"),
        (timedelta(0), "at once"),
        (timedelta(seconds=59), "within a minute"),
        (timedelta(minutes=5, seconds=30), "in 5 min"),
        (timedelta(hours=23), "in 23 h"),
        (timedelta(days=1, hours=2), "23 Nov, 14:00"),
    ],
)
def test_what_is_to_come_is_told_as_people_tell_it(ahead: timedelta, words: str) -> None:
    assert ages.until(NOW + ahead, NOW) == words


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(milliseconds=40), "40 ms"),
        (timedelta(seconds=1), "1 s"),
        (timedelta(seconds=119), "119 s"),
        (timedelta(minutes=2), "2 min"),
        (timedelta(hours=2), "2 h"),
        (timedelta(days=2), "2 days"),
    ],
)
def test_a_span_has_one_unit(length: timedelta, words: str) -> None:
    assert ages.span(length) == words


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(minutes=1), "every minute"),
        (timedelta(minutes=5), "every 5 min"),
        (timedelta(hours=1), "every hour"),
        (timedelta(hours=6), "every 6 h"),
        (timedelta(days=1), "every day"),
        (timedelta(days=7), "every 7 days"),
    ],
)
def test_a_rhythm_is_told_in_words(length: timedelta, words: str) -> None:
    assert ages.every(length) == words
