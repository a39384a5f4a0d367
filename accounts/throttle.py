"""Slows down the guessing of passwords: after some wrong ones a wait, counted in the cache."""

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType

import redis
from django.core.cache import cache

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many wrong passwords in so many seconds; then none is tried until the time is over."""

    attempts: int
    seconds: int


LIMITS: Mapping[str, Limit] = MappingProxyType(
    {
        "pair": Limit(5, 300),  # one account from one address
        "account": Limit(50, 300),  # one account from anywhere: a wait for its owner too, but at 600 guesses an hour
        "address": Limit(100, 300),  # one address, any accounts; an office behind one address stays below it
    }
)


def minutes_to_wait(account: str, address: str) -> int:
    """Whole minutes until this account may be tried from this address again; 0 is now.

    With a cache that does not answer nobody waits: signing in matters more, and the log says so.
    """
    try:
        full = [limit for name, limit in LIMITS.items() if _count(_key(name, account, address)) >= limit.attempts]
    except redis.RedisError as error:
        logger.warning("Wrong passwords are not counted: the cache does not answer: %s", error)
        return 0
    return max((math.ceil(limit.seconds / 60) for limit in full), default=0)


def note_wrong_password(account: str, address: str) -> None:
    """Count one wrong password. The time runs from the last one, so trying on while waiting does not shorten it."""
    try:
        for name, limit in LIMITS.items():
            key = _key(name, account, address)
            cache.set(key, _count(key) + 1, timeout=limit.seconds)
    except redis.RedisError as error:
        logger.warning("A wrong password was not counted: the cache does not answer: %s", error)


def forget(account: str, address: str) -> None:
    """Start afresh for an account that was signed in to from an address."""
    try:
        cache.delete(_key("pair", account, address))
    except redis.RedisError as error:
        logger.warning("Wrong passwords were not forgotten: the cache does not answer: %s", error)


def _count(key: str) -> int:
    return int(cache.get(key, 0))


def _key(name: str, account: str, address: str) -> str:
    parts = {"pair": (account, address), "account": (account,), "address": (address,)}[name]
    digest = sha256("\n".join(parts).casefold().encode()).hexdigest()
    return f"sign-in:{name}:{digest}"
