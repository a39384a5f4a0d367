"""Doorbells of the queue `sync`: all they say is where to look (DESIGN section 5)."""

from celery import shared_task
from django.conf import settings

from activations import scheduling
from activations.engine import runner
from lib import doorbells, signs
from segments.membership import CHANGED

TICKS = {"activations.tasks.tick": settings.TICK.total_seconds()}


@shared_task
def tick() -> None:
    """Queue the runs that are due, and ring for every run that waits for a worker, or lost its own."""
    signs.give("sync")
    scheduling.queue_due()
    scheduling.queue_changed()
    scheduling.queue_revoked()
    for run_id in runner.workable().values_list("pk", flat=True):
        doorbells.ring(perform, run_id)


@shared_task
def follow_changes() -> None:
    """Queue and ring for the activations whose members have come or gone."""
    CHANGED.answered()
    for run in scheduling.queue_changed():
        doorbells.ring(perform, run.pk)


@shared_task
def follow_withdrawals() -> None:
    """Queue and ring for the activations whose tools must forget somebody."""
    for run in scheduling.queue_revoked():
        doorbells.ring(perform, run.pk)


@shared_task
def perform(run_id: int) -> None:
    """Work on one run, unless somebody else does; then members may have changed again."""
    if runner.perform(run_id):
        CHANGED.ring()


CHANGED.wakes(follow_changes)
