"""Doorbells and the tick of the membership loop."""

from celery import shared_task
from django.conf import settings

from lib import doorbells
from profiles.signals import SIGNALLED
from segments.increments import folding, signals
from segments.increments import work as increments
from segments.runs import queue
from segments.runs.work import work

TICKS = {
    "segments.tasks.tick": settings.TICK.total_seconds(),
    "segments.tasks.fold_increments": 3600.0,
    "segments.tasks.inspect": 60.0,
    "segments.tasks.publish_due": settings.TICK.total_seconds(),
}


@shared_task
def compute_waiting() -> None:
    """Compute the runs that are waiting."""
    work()


@shared_task
def take_signals() -> None:
    """Take over what signals tell of."""
    SIGNALLED.answered()
    increments.work()


@shared_task
def fold_increments() -> None:
    """Make one run of a day's increments that are old."""
    folding.fold()


@shared_task
def publish_due() -> None:
    """Put in force the versions whose time has come."""
    from segments import scheduled  # noqa: PLC0415  the services ring this module's tasks

    scheduled.publish_due()


@shared_task
def inspect() -> None:
    """Look at all live segments, once an hour."""
    from segments import inspection  # noqa: PLC0415  checks look at health, which asks for work of this module

    if inspection.is_due():
        inspection.inspect()


@shared_task
def tick() -> None:
    """Make runs for what is due, close what is lost, and ring for whoever has work (I8)."""
    queue.close_lost()
    queue.enqueue_due()
    if queue.waiting().exists():
        doorbells.ring(compute_waiting)
    if signals.are_waiting():
        SIGNALLED.ring()


SIGNALLED.wakes(take_signals)
