"""Rings for work that is in the database already (DESIGN section 5): a message that may be lost, or come twice."""

import logging
from functools import partial
from typing import Any

import redis
from celery import Task
from django.core.cache import cache
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

PATIENCE = 30
"""Seconds after which a message that no worker took is thrown away: the tick has rung again since."""


def ring(task: "Task[Any, Any]", *ids: int) -> None:
    """Have `task` called with these ids once this transaction has committed.

    A broker that does not answer fails nothing: the work is in the database, and the tick finds it.
    """
    transaction.on_commit(partial(_send, task, ids))


def _send(task: "Task[Any, Any]", ids: tuple[int, ...]) -> None:
    try:
        task.apply_async(ids, expires=PATIENCE, retry=False)
    except OperationalError as error:
        logger.warning("The broker does not answer, so %s waits for the next tick: %s", task.name, error)


class Bell:
    """A bell that whoever has work to offer rings, without knowing who comes.

    However often it is rung, one message per task is on its way at a time: who answers it says so by `answered`
    before it looks for work, and does all there is. A message that is lost silences the bell for `SILENCE` seconds.
    """

    SILENCE = 2

    def __init__(self, name: str) -> None:
        self.name = name
        self._tasks: list[Task[Any, Any]] = []

    def wakes(self, task: "Task[Any, Any]") -> None:
        """From now on a ring calls this task, which takes no arguments."""
        self._tasks.append(task)

    def ring(self) -> None:
        """Call the tasks once this transaction has committed."""
        transaction.on_commit(self._call)

    def answered(self) -> None:
        """The next ring is a new message."""
        try:
            cache.delete(self._sign)
        except redis.RedisError as error:
            logger.warning("The bell '%s' may stay silent for %s s: %s", self.name, self.SILENCE, error)

    @property
    def _sign(self) -> str:
        return f"bell:{self.name}"

    def _call(self) -> None:
        try:
            silent = not cache.add(self._sign, 1, timeout=self.SILENCE)
        except redis.RedisError as error:
            logger.warning("The bell '%s' waits for the next tick: %s", self.name, error)
            return
        if not silent:
            for task in self._tasks:
                _send(task, ())
