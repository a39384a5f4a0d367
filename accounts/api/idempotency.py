"""`Idempotency-Key`: a POST that is sent again, because its answer was lost, is answered again and done once.

The answer is written in the transaction of what the request did: either both are there or neither, whatever is killed
in between. Answers are kept for a day; `accounts.tasks` clears them away.
"""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from enum import Enum
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import IdempotentRequest, User
from lib.problems import Problem

KEPT = timedelta(hours=24)
HEADERS = ("ETag", "Location")
KEY = re.compile(r"[\x21-\x7e]{1,255}")


class Answers(Enum):
    """What becomes of the answer to a POST."""

    KEPT = "given again for the same key"
    SHOWN_ONCE = "not kept, since it holds a secret; the same key is refused"
    READ_ONLY = "the request changes nothing, so it can be sent again without a key"


def answer(request: Request, answers: Answers, handle: Callable[[], Response]) -> Response:
    """`handle()`, or its answer from the first time.

    Raises `Problem`: 400 for what is no key, 409 while the first is under way or if its answer was shown once, 422 if
    the key was used for another request.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None or answers is Answers.READ_ONLY or not isinstance(request.user, User):
        return handle()
    if not KEY.fullmatch(key):
        detail = "An Idempotency-Key has 1 to 255 visible ASCII characters, such as a UUID."
        raise Problem(HTTPStatus.BAD_REQUEST, "bad_idempotency_key", detail)
    route = f"{request.method} {request.path}"
    body = sha256(json.dumps(request.data, sort_keys=True).encode()).hexdigest()
    with transaction.atomic():
        _be_alone(request.user, key)
        before = IdempotentRequest.objects.filter(user=request.user, key=key).first()
        if before is None:
            response = handle()
            _keep(response, answers, user=request.user, key=key, route=route, body=body)
            return response
    return _again(before, route, body)


def forget_old() -> int:
    """Delete the answers that nobody can ask for any more; answers how many."""
    return IdempotentRequest.objects.filter(answered_at__lt=Now() - KEPT).delete()[0]


def _be_alone(user: User, key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"idempotency:{user.pk}:{key}"])
        row = cursor.fetchone()
    if not (row and row[0]):
        detail = "The first request with this Idempotency-Key is still being answered: send it again in a moment."
        raise Problem(HTTPStatus.CONFLICT, "in_progress", detail)


def _keep(response: Response, answers: Answers, **about: Any) -> None:
    IdempotentRequest.objects.create(
        status=response.status_code,
        response=JSONRenderer().render(response.data).decode() if answers is Answers.KEPT else "",
        headers={name: response.headers[name] for name in HEADERS if name in response.headers},
        **about,
    )


def _again(before: IdempotentRequest, route: str, body: str) -> Response:
    if (before.route, before.body) != (route, body):
        detail = "This Idempotency-Key was used for another request: take a new one for each."
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "idempotency_key_reused", detail)
    if not before.response and before.status != HTTPStatus.NO_CONTENT:
        detail = "This request was done already, and its answer was shown once: look at what it made."
        raise Problem(HTTPStatus.CONFLICT, "answered_once", detail)
    data = json.loads(before.response) if before.response else None
    return Response(data, before.status, headers={**before.headers, "Idempotency-Replayed": "true"})
