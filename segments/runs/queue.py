"""Which runs there are to do: asked for, due, claimed by one worker, taken back from a worker that is gone."""

from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery

from lib import clock, failpoints, leases
from segments import membership
from segments.models import Run, Segment
from segments.runs import outcomes
from segments.runs.due import due_segments, full_runs, live_segments
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


def recount(segment_ids: Collection[int], as_of: datetime) -> None:
    """Have everybody counted anew after `as_of`, because more has changed than is worth looking at one by one.

    At the segment's promise, as counted from its last run of everybody: an import is many such changes. A run that is
    on its way over an older state is followed by another.
    """
    opened = Run.objects.filter(segment_id__in=segment_ids)
    opened.filter(state=Run.State.RUNNING, as_of__lte=as_of).update(again=Run.Trigger.MANY)
    opened.filter(state=Run.State.QUEUED, trigger=Run.Trigger.CHECK).update(trigger=Run.Trigger.MANY)
    newest = full_runs().filter(segment=OuterRef("pk"), state=Run.State.SUCCEEDED).values("as_of")[:1]
    due_at = ExpressionWrapper(Subquery(newest) + F("freshness"), output_field=DateTimeField())
    wanted = live_segments().filter(pk__in=segment_ids).annotate(due_at=due_at)
    Run.objects.bulk_create(
        [
            Run(segment_id=pk, version_id=version, trigger=Run.Trigger.MANY, next_attempt_at=due)
            for pk, version, due in wanted.values_list("pk", "published", "due_at")
            if version
        ],
        ignore_conflicts=True,
    )


def follow(segment_ids: Collection[int], as_of: datetime) -> None:
    """Have the first run of a published version that is on its way over a state before `as_of` followed by another."""
    counted = full_runs().filter(segment=OuterRef("segment"), version=OuterRef("segment__published"))
    running = Run.objects.filter(segment_id__in=segment_ids, state=Run.State.RUNNING, as_of__lte=as_of)
    running.exclude(Exists(counted.filter(state=Run.State.SUCCEEDED))).update(again=Run.Trigger.MANY)


def enqueue_due() -> int:
    """A run for each segment that is due; answers how many were due. Two that do this at once make one run each."""
    counted = full_runs().filter(segment=OuterRef("pk"), state=Run.State.SUCCEEDED, version=OuterRef("published"))
    checks = Q(Exists(counted), upkeep=Segment.Upkeep.SIGNALS)
    due = due_segments()
    return _enqueue(due.filter(checks), Run.Trigger.CHECK) + _enqueue(due.exclude(checks), Run.Trigger.SCHEDULE)


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


def claim_batch(as_of: datetime | None = None) -> list[Run]:
    """Take the runs that are waiting, all at one `as_of` (now, if not said); one alone if it has failed before with a
    whole batch."""
    alone = Q(attempts__gte=ALONE_AFTER) | Q(failure_code=UNEXPECTED)
    runs = _claim(waiting().exclude(alone), BATCH, as_of) or _claim(waiting().filter(alone), 1, as_of)
    failpoints.reach("runs.claimed")
    return runs


def _claim(runs: QuerySet[Run], limit: int, as_of: datetime | None) -> list[Run]:
    with transaction.atomic():
        claimed = leases.claim(runs, seconds=settings.LEASE_SECONDS, limit=limit)
        membership.lock_instants()
        now = clock.now()
        Run.objects.filter(pk__in=[run.pk for run in claimed]).update(
            state=Run.State.RUNNING,
            version=Subquery(Segment.objects.filter(pk=OuterRef("segment")).values("published")[:1]),
            as_of=as_of or now,
            started_at=now,
            attempts=F("attempts") + 1,
            next_attempt_at=None,
            touched=None,
        )
    with_versions = Run.objects.select_related("segment", "version")
    return list(with_versions.filter(pk__in=[run.pk for run in claimed]).order_by("id"))


def close_lost() -> None:
    """Close the runs that have taken worker after worker with them, and say so."""
    lost = Run.objects.filter(state=Run.State.RUNNING, attempts__gte=MOST_ATTEMPTS).order_by("id")
    for run in leases.claim(lost, seconds=settings.LEASE_SECONDS, limit=BATCH):
        outcomes.fail(run, WORKER_LOST)
