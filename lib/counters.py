"""Counts in Redis, for limits of rates; one round trip each. All raise `redis.RedisError` where it does not answer."""

from functools import cache
from typing import Any

import redis
from django.conf import settings

_TAKE_ONE = "if redis.call('EXISTS', KEYS[1]) == 1 then return redis.call('DECR', KEYS[1]) end"


def add(key: str, seconds: int, number: int = 1) -> int:
    """So many more; answers how many there are. It begins anew `seconds` after its first; all at once are counted."""
    with _redis().pipeline(transaction=False) as commands:
        commands.set(_name(key), 0, ex=seconds, nx=True)
        commands.incrby(_name(key), number)
        return int(commands.execute()[1])


def take_one(key: str) -> None:
    """One less, where there is a count."""
    _redis().eval(_TAKE_ONE, 1, _name(key))


def forget(key: str) -> None:
    """Begin anew."""
    _redis().delete(_name(key))


def _name(key: str) -> str:
    return f"{settings.CACHES['default'].get('KEY_PREFIX', '')}:count:{key}"


def _redis() -> "redis.Redis":
    cached: dict[str, Any] = settings.CACHES["default"]
    return _client(cached["LOCATION"], cached.get("OPTIONS", {}).get("socket_timeout", 1))


@cache
def _client(location: str, timeout: float) -> "redis.Redis":
    """Kept for the life of the process: Django's cache makes one for each call, which costs more than the call."""
    return redis.Redis.from_url(location, socket_timeout=timeout, socket_connect_timeout=timeout)
