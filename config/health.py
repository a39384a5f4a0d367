"""``GET /healthz``: whether database, migrations, Redis and worker are well."""

import logging
from collections.abc import Callable
from datetime import timedelta

import redis
from celery.signals import heartbeat_sent
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from lib import clock
from segments.runs import drift

logger = logging.getLogger(__name__)
DRIFT_SHOWN_FOR = timedelta(days=2)
WORKER_SIGN = "health:worker"
WORKER_SECONDS = 30  # a worker's main process beats every 2 s, however busy its children are


@heartbeat_sent.connect
def _note_worker(**_: object) -> None:
    try:
        cache.set(WORKER_SIGN, "alive", timeout=WORKER_SECONDS)
    except redis.RedisError as error:
        logger.warning("The worker's sign of life was not written: %s", error)


@never_cache
@login_not_required
def healthz(_request: HttpRequest) -> JsonResponse:
    """200 when all is well, else 503; the body says of each part "ok" or what is wrong and what to do.

    `drift` is the number of members that the daily checks of the last two days found in another state than signals had
    left them in. It is put right by the check itself, so the service is well; it must be 0 all the same.
    """
    parts = {name: check() for name, check in CHECKS.items()}
    well = all(answer == "ok" for answer in parts.values())
    told = {"status": "ok" if well else "failing", **parts, "drift": _drift()}
    return JsonResponse(told, status=200 if well else 503)


def _drift() -> int | None:
    """None while the database can't tell."""
    try:
        return drift.found_since(clock.now() - DRIFT_SHOWN_FOR)
    except DatabaseError:
        return None


def _database() -> str:
    try:
        connection.ensure_connection()
    except DatabaseError:
        return "The database does not answer; look at DATABASE_URL and the database's log."
    return "ok"


def _migrations() -> str:
    try:
        executor = MigrationExecutor(connection)
    except DatabaseError:
        return "Not known while the database does not answer."
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(missing)} migrations are missing; run manage.py migrate." if missing else "ok"


def _redis() -> str:
    try:
        cache.get(WORKER_SIGN)
    except redis.RedisError:
        return "Redis does not answer; look at REDIS_URL and its log."
    return "ok"


def _worker() -> str:
    try:
        alive = cache.get(WORKER_SIGN)
    except redis.RedisError:
        return "Not known while Redis does not answer."
    return "ok" if alive else f"No Celery worker has given a sign for {WORKER_SECONDS} s; start one."


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "migrations": _migrations,
    "redis": _redis,
    "worker": _worker,
}
