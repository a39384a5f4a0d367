"""What the lake needs from time to time. Each step may run anywhere, be killed, or run twice at once."""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db.models import Model, Q, QuerySet

from lib import clock
from lib.leases import LeaseLostError
from profiles.lake import compaction, copies, flush, redirects, retention, vacuum
from profiles.lake.diary import written_down
from profiles.lake.writer import LakeBusyError
from profiles.models import Batch, ChangedCompany, ChangedProfile, EventType, Redirect, Stage, TailEvent, Upkeep

logger = logging.getLogger(__name__)
Kind = Upkeep.Kind

DUE_ROWS = 5_000
FLUSH_AGE = timedelta(seconds=5)
COPY_AGE = timedelta(seconds=30)
"""Longer than for events: a copy rewrites the buckets of all that changed, a flush writes only what is new."""
REDIRECT_AGE = timedelta(minutes=10)
MOST_REDIRECTS = 2_000
"""Each month that holds an id to rewrite is rewritten as a whole, so they wait for one another."""


def flush_if_due() -> None:
    """Flush the tail when it is long or old enough, take up staged files that nobody flushes, finish open batches."""
    old = clock.now() - FLUSH_AGE
    waits = (
        Batch.objects.filter(closed_at=None).exists()
        or Stage.objects.filter(staged_at__lt=old).exists()
        or _due(TailEvent.objects.all(), Q(received_at__lt=old))
    )
    if waits:
        _care(Kind.FLUSH, lambda: flush.flush_tail(wait=0))


def copy_if_due() -> None:
    """Copy the changed profiles and companies when they are many or old enough."""
    old = Q(since__lt=clock.now() - COPY_AGE)
    if _due(ChangedProfile.objects.all(), old) or _due(ChangedCompany.objects.all(), old):
        _care(Kind.COPY, lambda: copies.copy_changes(wait=0))


def compact() -> None:
    """Merge the small files of crowded months; rewrite ids of merged profiles if they are many or old enough."""
    _care(Kind.COMPACT, lambda: compaction.compact(wait=0))
    waiting = Redirect.objects.order_by()
    if waiting.filter(since__lt=clock.now() - REDIRECT_AGE).exists() or waiting[MOST_REDIRECTS - 1 :].exists():
        _care(Kind.REDIRECT, lambda: redirects.rewrite(wait=0))


def expire() -> None:
    """Take away events that are older than their kind is kept."""
    if EventType.objects.exclude(retention_days=None, kept_from=None).exists():
        _care(Kind.RETENTION, lambda: retention.expire(wait=0))


def clean() -> None:
    """Delete what nobody needs."""
    _care(Kind.VACUUM, lambda: vacuum.vacuum(wait=0))


def _due(waiting: QuerySet[Model], old: Q) -> bool:
    return waiting.filter(old).exists() or waiting.order_by()[DUE_ROWS - 1 : DUE_ROWS].exists()


def _care(kind: Kind, step: Callable[[], int | None]) -> None:
    try:
        with written_down(kind) as numbers:
            number = step()
            numbers.extend([] if number is None else [number])
    except (LakeBusyError, LeaseLostError) as busy:
        logger.info("The lake is left for the next time: %s", busy)
