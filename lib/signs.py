"""Signs of life: when a tick last reached a worker of a queue. Lost with Redis, and soon there again."""

import logging
from collections.abc import Collection, Mapping
from datetime import datetime

import redis
from celery import current_app
from django.core.cache import cache
from kombu.exceptions import ChannelError, OperationalError

from lib import clock

logger = logging.getLogger(__name__)
_KEPT_SECONDS = 86_400


def give(queue: str) -> None:
    """A worker of this queue is at work now."""
    try:
        cache.set(f"sign:{queue}", clock.now().isoformat(), timeout=_KEPT_SECONDS)
    except redis.RedisError as error:
        logger.warning("The sign of life of '%s' was not written: %s", queue, error)


def last(queues: Collection[str]) -> Mapping[str, datetime | None]:
    """When each was last there; None for one that has not been within a day, or while Redis does not answer."""
    try:
        found = cache.get_many([f"sign:{queue}" for queue in queues])
    except redis.RedisError:
        found = {}
    texts = {queue: found.get(f"sign:{queue}") for queue in queues}
    return {queue: datetime.fromisoformat(text) if text else None for queue, text in texts.items()}


def waiting(queues: Collection[str]) -> Mapping[str, int | None]:
    """How many messages wait in each queue; None while the broker does not answer."""
    try:
        with current_app.connection_for_read() as broker:
            broker.ensure_connection(max_retries=1, timeout=1)
            return {queue: _size(broker, queue) for queue in queues}
    except (OperationalError, redis.RedisError):
        return dict.fromkeys(queues)


def _size(broker: object, queue: str) -> int:
    try:
        return int(broker.default_channel.queue_declare(queue=queue, passive=True).message_count)  # type: ignore[attr-defined]  # kombu has no types
    except ChannelError:
        return 0  # nobody has sent anything there yet
