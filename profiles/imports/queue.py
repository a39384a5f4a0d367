"""Which imports there are to do: claimed one at a time, taken back from a worker that is gone, cleared away."""

from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from lib import clock, leases
from profiles.imports import files, outcomes
from profiles.imports.outcomes import MOST_ATTEMPTS
from profiles.models import Import

KEPT = timedelta(days=7)
"""How long rejects can be fetched, and how long an import waits for its file or for somebody's word."""

State = Import.State


def workable() -> QuerySet[Import]:
    """What may be worked on now, the oldest first, among them what a worker has lost; none while one is worked on.

    Imports take turns in the database anyhow, and the other workers of the queue keep the lake in order meanwhile.
    """
    now = clock.now()
    if Import.objects.filter(state=State.RUNNING, leased_until__gte=now).exists():
        return Import.objects.none()
    ready = Import.objects.filter(state__in=Import.WORKABLE, attempts__lt=MOST_ATTEMPTS)
    return leases.free(ready.filter(Q(next_attempt_at=None) | Q(next_attempt_at__lte=now))).order_by("id")


@transaction.atomic
def claim() -> Import | None:
    """Take the next one."""
    with connection.cursor() as cursor:  # two that claim at once would not see each other's
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('imports.claim'))")
    claimed = leases.claim(workable(), seconds=settings.LEASE_SECONDS)
    if not claimed:
        return None
    Import.objects.filter(pk=claimed[0].pk).update(
        state=State.RUNNING, attempts=F("attempts") + 1, started_at=clock.now(), next_attempt_at=None, notes=[], step={}
    )
    return Import.objects.select_related("team").get(pk=claimed[0].pk)


def close_lost() -> None:
    """Close what has taken worker after worker with it."""
    lost = Import.objects.filter(state=State.RUNNING, attempts__gte=MOST_ATTEMPTS).order_by("id")
    for row in leases.claim(lost, seconds=settings.LEASE_SECONDS):
        outcomes.lose(row)


def clear_away() -> None:
    """End what has waited for people for too long, and delete the files that nobody needs any more."""
    old = clock.now() - KEPT
    Import.objects.filter(state=State.WAITING, created_at__lt=old).update(
        state=State.CANCELLED, finished_at=clock.now(), failure_code="abandoned",
        failure=f"It waited for {KEPT.days} days. Make another one.",
    )  # fmt: skip
    open_ones = Import.objects.filter(state__in=Import.OPEN)
    fetched = Import.objects.filter(finished_at__gte=old).exclude(state=State.CANCELLED)
    needed = {*open_ones.values_list("pk", flat=True), *fetched.values_list("pk", flat=True)}
    for pk in files.kept():
        if pk not in needed:
            files.discard(pk)
    for pk in fetched.values_list("pk", flat=True):
        files.discard_data(pk)  # a worker that was killed right after the end has left it
