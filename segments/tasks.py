"""Doorbells and the tick of the membership loop."""

from celery import shared_task
from django.conf import settings

from lib import doorbells
from segments.runs import queue
from segments.runs.work import work

TICKS = {"segments.tasks.tick": settings.TICK.total_seconds()}


@shared_task
def compute_waiting() -> None:
    """Compute the runs that are waiting."""
    work()


@shared_task
def tick() -> None:
    """Make runs for what is due, close what is lost, and ring for the engine if there is work (I8)."""
    queue.close_lost()
    queue.enqueue_due()
    if queue.waiting().exists():
        doorbells.ring(compute_waiting)
