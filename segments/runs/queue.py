"""Which runs there are to do: asked for, due, claimed by one worker, taken back from a worker that is gone."""

from collections.abc import Collection

from django.conf import settings
from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from lib import clock, failpoints, leases
from segments.models import Run, Segment
from segments.runs import outcomes
from segments.runs.due import due_segments, live_segments
from segments.runs.failures import MOST_ATTEMPTS, UNEXPECTED, WORKER_LOST

BATCH = 200
"""Runs that one worker takes at once, over one snapshot."""

ALONE_AFTER = 2
"""A run that this many attempts have not finished is computed alone, so that it takes no others down with it."""

POINTS = failpoints.declare("runs.claimed")


def ask(segment_ids: Collection[int], trigger: str) -> None:
    """Have a run of each live segment begin after this moment; at once, where one waits for its next attempt.

    A segment whose run is being computed gets another one as soon as that ends.
    """
    opened = Run.objects.filter(segment_id__in=segment_ids)
    opened.filter(state=Run.State.RUNNING).update(again=trigger)
    opened.filter(state=Run.State.QUEUED).update(next_attempt_at=None)
    _enqueue(live_segments().filter(pk__in=segment_ids), trigger)


def enqueue_due() -> int:
    """A run for each segment that is due; answers how many were due. Two that do this at once make one run each."""
    return _enqueue(due_segments(), Run.Trigger.SCHEDULE)


def _enqueue(segments: QuerySet[Segment], trigger: str) -> int:
    published = segments.values_list("pk", "published")
    runs = [Run(segment_id=segment, version_id=version, trigger=trigger) for segment, version in published if version]
    Run.objects.bulk_create(runs, ignore_conflicts=True)
    return len(runs)


def waiting() -> QuerySet[Run]:
    """Open runs that may be worked on now, the oldest first; among them those whose worker has lost its lease."""
    opened = Run.objects.filter(state__in=(Run.State.QUEUED, Run.State.RUNNING), attempts__lt=MOST_ATTEMPTS)
    now = clock.now()
    ready = opened.filter(Q(next_attempt_at=None) | Q(next_attempt_at__lte=now))
    return leases.free(ready).order_by("id")


def claim_batch() -> list[Run]:
    """Take the runs that are waiting, all at one `as_of`; one alone if it has failed before with a whole batch."""
    alone = Q(attempts__gte=ALONE_AFTER) | Q(failure_code=UNEXPECTED)
    runs = _claim(waiting().exclude(alone), BATCH) or _claim(waiting().filter(alone), 1)
    failpoints.reach("runs.claimed")
    return runs


def _claim(runs: QuerySet[Run], limit: int) -> list[Run]:
    with transaction.atomic():
        claimed = leases.claim(runs, seconds=settings.LEASE_SECONDS, limit=limit)
        now = clock.now()
        Run.objects.filter(pk__in=[run.pk for run in claimed]).update(
            state=Run.State.RUNNING,
            version=Subquery(Segment.objects.filter(pk=OuterRef("segment")).values("published")[:1]),
            as_of=now,
            started_at=now,
            attempts=F("attempts") + 1,
            next_attempt_at=None,
        )
    with_versions = Run.objects.select_related("segment", "version")
    return list(with_versions.filter(pk__in=[run.pk for run in claimed]).order_by("id"))


def close_lost() -> None:
    """Close the runs that have taken worker after worker with them, and say so."""
    lost = Run.objects.filter(state=Run.State.RUNNING, attempts__gte=MOST_ATTEMPTS).order_by("id")
    for run in leases.claim(lost, seconds=settings.LEASE_SECONDS, limit=BATCH):
        outcomes.fail(run, WORKER_LOST)
