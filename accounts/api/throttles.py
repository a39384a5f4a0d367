"""How many requests a minute the API answers, counted in Redis. Without Redis none is held up, and the log says so."""

import logging
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


class Throttle(BaseThrottle):
    """So many requests a minute for each token, each person in a session, or each address of somebody unknown.

    `rate` names the number in `settings.API_RATES`.
    """

    rate: ClassVar[str]

    def allow_request(self, request: Request, _view: APIView | None = None) -> bool:
        """Count the request; whether it is within the rate."""
        most, minute = settings.API_RATES[self.rate], int(time()) // SECONDS
        try:
            return counters.add_one(f"api:{self.rate}:{minute}:{_who(request)}", SECONDS) <= most
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
