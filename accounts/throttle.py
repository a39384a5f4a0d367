"""Slows down the guessing of passwords: after some wrong ones a wait, counted in the cache."""

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType

import redis

from lib import counters

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


def begin(account: str, address: str) -> int:
    """Count an attempt before its password is looked at, so that many at once are all counted.

    Answers the whole minutes until this account may be tried from this address again; 0 is now. The time runs from the
    first of the attempts. With a cache that does not answer nobody waits: signing in matters more, and the log says so.
    """
    try:
        tried = {name: counters.add(_key(name, account, address), limit.seconds) for name, limit in LIMITS.items()}
    except redis.RedisError as error:
        logger.warning("Wrong passwords are not counted: the cache does not answer: %s", error)
        return 0
    full = [limit for name, limit in LIMITS.items() if tried[name] > limit.attempts]
    return max((math.ceil(limit.seconds / 60) for limit in full), default=0)


def forget(account: str, address: str) -> None:
    """The password was right: start afresh for this account from this address, and do not count the attempt."""
    try:
        counters.forget(_key("pair", account, address))
        for name in ("account", "address"):
            counters.take_one(_key(name, account, address))
    except redis.RedisError as error:
        logger.warning("Wrong passwords were not forgotten: the cache does not answer: %s", error)


def _key(name: str, account: str, address: str) -> str:
    parts = {"pair": (account, address), "account": (account,), "address": (address,)}[name]
    digest = sha256("\n".join(parts).casefold().encode()).hexdigest()
    return f"sign-in:{name}:{digest}"
