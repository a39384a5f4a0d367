"""Counts in the cache, for limits of rates. All raise `redis.RedisError` where the cache does not answer."""

from contextlib import suppress

from django.core.cache import cache


def add_one(key: str, seconds: int) -> int:
    """One more; answers how many there are. It begins anew `seconds` after its first; two at once are both counted."""
    while True:
        try:
            return cache.incr(key)
        except ValueError:  # it is the first, or the time of the others is over
            cache.add(key, 0, timeout=seconds)


def take_one(key: str) -> None:
    """One less, where there is a count."""
    with suppress(ValueError):  # there is none
        cache.decr(key)
