"""How many requests a minute the API answers, counted in Redis. Without Redis none is held up, and the log says so."""

import logging
from collections import OrderedDict
from threading import Lock
from time import time
from typing import ClassVar

import redis
from django.conf import settings
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from accounts.models import Token
from lib import counters
from lib.addresses import client_address

logger = logging.getLogger(__name__)

SECONDS = 60
MOST_AT_ONCE = 20
MOST_KEPT = 10_000


class Permits:
    """Takes permits from Redis a few at a time: a fiftieth of the rate, so that most requests ask nobody.

    What one process has taken and does not use, others lack: they refuse that much too early, never too late.
    """

    def __init__(self) -> None:
        self._left: OrderedDict[str, int] = OrderedDict()
        self._lock = Lock()

    def take(self, key: str, most: int) -> bool:
        """Whether one more is within `most`. Raises `redis.RedisError`."""
        with self._lock:
            if left := self._left.get(key, 0):
                self._left[key] = left - 1
                return True
        several = max(1, min(most // 50, MOST_AT_ONCE))
        granted = most - counters.add(key, SECONDS, several) + several
        if granted <= 0:
            return False
        with self._lock:
            self._left[key] = self._left.get(key, 0) + min(granted, several) - 1
            while len(self._left) > MOST_KEPT:
                self._left.popitem(last=False)
        return True


_permits = Permits()


class Throttle(BaseThrottle):
    """So many requests a minute for each token, each person in a session, or each address of somebody unknown.

    `rate` names the number in `settings.API_RATES`.
    """

    rate: ClassVar[str]

    def allow_request(self, request: Request, _view: APIView | None = None) -> bool:
        """Count the request; whether it is within the rate."""
        most, minute = settings.API_RATES[self.rate], int(time()) // SECONDS
        try:
            return _permits.take(f"api:{self.rate}:{minute}:{_who(request)}", most)
        except redis.RedisError as error:
            logger.warning("Requests are not counted: Redis does not answer: %s", error)
            return True

    def wait(self) -> float:
        """Seconds until the next minute begins."""
        return SECONDS - time() % SECONDS


class Usual(Throttle):
    """What most views allow."""

    rate = "usual"


class Heavy(Throttle):
    """For what makes the engine or the database work: previews, explanations, streams."""

    rate = "heavy"


class Unknown(Throttle):
    """For requests that nobody has signed in for, the ones with a wrong token among them."""

    rate = "unknown"

    def require(self, request: Request) -> None:
        """Raises `Throttled`: 429."""
        if not self.allow_request(request):
            raise Throttled(self.wait())


def _who(request: Request) -> str:
    if isinstance(request.auth, Token):
        return f"token-{request.auth.pk}"
    if request.user is not None and request.user.pk is not None:
        return f"user-{request.user.pk}"
    return f"address-{client_address(request._request)}"
