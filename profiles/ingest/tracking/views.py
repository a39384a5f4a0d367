"""``POST /v1/identify``, ``track``, ``page``, ``screen``, ``group``, ``alias`` and ``batch``: 200 means committed."""

import logging
from http import HTTPStatus
from typing import Any

import psycopg
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError, OperationalError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from lib import clock
from profiles.ingest.database import RACES
from profiles.ingest.tracking import known, limits, reading, store, times
from profiles.ingest.tracking.answers import TrackingError, busy
from profiles.ingest.tracking.known import Known
from profiles.ingest.tracking.requests import read_document, write_key
from profiles.models import Source
from profiles.write_keys import digest_of

logger = logging.getLogger(__name__)


@csrf_exempt
@login_not_required
def take(request: HttpRequest, kind: str) -> JsonResponse:
    """Take the messages of a request; `kind` is the last part of its address."""
    try:
        _take(request, kind)
    except TrackingError as error:
        return _refused(error)
    except (
        OperationalError,
        IntegrityError,
        psycopg.OperationalError,
        *RACES,
    ) as error:  # locked for too long, or the database is away
        logger.warning("Tracking calls were put off: %s", error)
        return _refused(busy("the database has as much to do as it can; send this again", 2))
    return JsonResponse({"success": True})


def _take(request: HttpRequest, kind: str) -> None:
    if request.method != "POST":
        raise TrackingError(HTTPStatus.METHOD_NOT_ALLOWED, "send it with POST")
    document, size = read_document(request)
    key = write_key(request, document)
    with limits.place():
        now_known = known.load()
        source = _source(now_known, key)
        limits.count(source.pk)
        limits.check_room()
        wanted = _request(kind, document, size, source)
        store.store(wanted, reading.read(wanted, kind, now_known))


def _source(now_known: Known, key: str) -> Source:
    source = now_known.sources.get(digest_of(key))
    if source is None:
        raise TrackingError(HTTPStatus.UNAUTHORIZED, "invalid write key")
    if not source.enabled:
        raise TrackingError(HTTPStatus.NOT_FOUND, "source is disabled")
    return source


def _request(kind: str, document: dict[str, Any], size: int, source: Source) -> reading.Request:
    documents, context = reading.parts_of(kind, document)
    return reading.Request(source, documents, size, context, times.sent_at(document), clock.now())


def _refused(error: TrackingError) -> JsonResponse:
    answer = JsonResponse({"code": error.code, "message": error.message}, status=error.status)
    if error.retry_after is not None:
        answer.headers["Retry-After"] = str(error.retry_after)
    if error.status == HTTPStatus.METHOD_NOT_ALLOWED:
        answer.headers["Allow"] = "POST"
    return answer
