"""Rings for work that is in the database already (DESIGN section 5): a message that may be lost, or come twice."""

import logging
from functools import partial
from typing import Any

from celery import Task
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
