"""Permits: taken from Redis a few at a time, never more of them than the rate, whatever happens to Redis."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
import redis
from pytest_django import Settings

from accounts.api import throttles
from accounts.api.throttles import MOST_AT_ONCE, Permits
from lib import counters


@pytest.fixture
def key() -> Iterator[str]:
    """A count of this test's own."""
    name = f"permits:{uuid4().hex}"
    yield name
    counters.forget(name)


def granted(permits: Permits, key: str, most: int, times: int) -> int:
    return sum(permits.take(key, most) for _ in range(times))


def taken(key: str) -> int:
    """How many are taken from Redis, by all processes together."""
    return counters.add(key, 60, 0)


@pytest.mark.parametrize("most", [1, 7, 49, 50, 99, 600, 5_000])
def test_one_process_gets_as_many_as_the_rate_and_no_more(key: str, most: int) -> None:
    assert granted(Permits(), key, most, most + 30) == most


def test_a_fiftieth_of_the_rate_is_taken_at_once_and_no_more_than_twenty(key: str) -> None:
    for most, several in ((10, 1), (100, 2), (600, 12), (100_000, MOST_AT_ONCE)):
        counters.forget(key)
        assert Permits().take(key, most)
        assert taken(key) == several


def test_several_processes_together_get_no_more_than_the_rate(key: str) -> None:
    processes, most = [Permits() for _ in range(4)], 600
    got = [0] * len(processes)
    for number in range(4 * most):
        got[number % 4] += processes[number % 4].take(key, most)
    assert sum(got) == most
    assert min(got) > 100


def test_what_others_hold_unused_is_refused_too_early_never_too_late(key: str) -> None:
    idle, busy, most = Permits(), Permits(), 600
    assert idle.take(key, most)  # it holds eleven more
    assert granted(busy, key, most, 2 * most) == most - 12
    assert granted(idle, key, most, most) == 11


def test_threads_of_a_process_share_its_permits(key: str) -> None:
    permits, most = Permits(), 300
    with ThreadPoolExecutor(8) as pool:
        got = sum(pool.map(lambda _: permits.take(key, most), range(2 * most)))
    assert got == most


def test_a_wiped_redis_begins_anew_after_what_was_taken(key: str) -> None:
    permits, most = Permits(), 100
    assert granted(permits, key, most, 51) == 51  # two at a time: one is left here
    counters.forget(key)
    assert granted(permits, key, most, 300) == 1 + most


def test_keys_are_counted_apart(key: str) -> None:
    permits = Permits()
    assert granted(permits, key, 3, 5) == 3
    assert granted(permits, key + ":another", 3, 5) == 3
    counters.forget(key + ":another")


def test_permits_of_the_longest_ago_are_forgotten(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttles, "MOST_KEPT", 3)
    permits, names = Permits(), [f"{key}:{number}" for number in range(5)]
    for name in names:
        assert permits.take(name, 600)
        counters.forget(name)
    assert len(permits._left) == 3


def test_without_redis_it_says_so(settings: Settings) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    with pytest.raises(redis.RedisError):
        Permits().take("permits", 600)
