"""Old increments become few rows: 30 days on nobody asks who entered at which second (I7)."""

from datetime import datetime, timedelta
from itertools import groupby

from django.db import transaction
from django.utils import timezone
from pyroaring import BitMap64

from lib import clock
from segments import membership
from segments.models import MicroBatch, Run, RunChange

FOLDED_AFTER = timedelta(days=30)
UNCHANGING_FOR = timedelta(days=1)
"""A micro-batch that has changed no segment is kept this long."""
AT_ONCE = 5_000


def fold() -> None:
    """Make one run of a day's increments of a segment, and forget micro-batches that have nothing more to tell.

    Increments between which everybody was counted stay apart, so that the members after each run of everybody can
    still be told.
    """
    now = clock.now()
    old = Run.objects.filter(batch__isnull=False, finished_at__lt=now - FOLDED_AFTER)
    for segment_id in old.order_by("segment_id").values_list("segment_id", flat=True).distinct():
        while _fold_some(segment_id, now - FOLDED_AFTER):
            pass
    MicroBatch.objects.filter(finished_at__lt=now - FOLDED_AFTER, runs=None).delete()
    MicroBatch.objects.filter(finished_at__lt=now - UNCHANGING_FOR, changed=0, recounted=0).delete()


@transaction.atomic
def _fold_some(segment_id: int, before: datetime) -> bool:
    """Fold the oldest increments; whether there were any."""
    membership.lock([segment_id])
    stored = Run.objects.filter(segment=segment_id, state=Run.State.SUCCEEDED, finished_at__lt=before)
    first = stored.filter(batch__isnull=False).order_by("finished_at").values_list("finished_at", flat=True).first()
    if first is None:
        return False
    runs = stored.filter(finished_at__gte=first).select_related("change").order_by("finished_at")[:AT_ONCE]
    for (_, is_increment), some in groupby(runs, key=_place):
        if is_increment:
            _replace(list(some))
    return True


def _place(run: Run) -> tuple[object, bool]:
    assert run.finished_at is not None
    return timezone.localtime(run.finished_at).date(), run.batch_id is not None


def _replace(runs: list[Run]) -> None:
    """The last of the runs takes over what all of them did."""
    entered, left = BitMap64(), BitMap64()
    for run in runs:
        came, went = (BitMap64.deserialize(bytes(ids)) for ids in (run.change.entered, run.change.left))
        entered, left = (entered - went) | (came - left), (left - came) | (went - entered)
    last = runs[-1]
    last.batch, last.entered, last.left = None, len(entered), len(left)
    last.save(update_fields=["batch", "entered", "left"])
    RunChange.objects.filter(run=last).update(entered=entered.serialize(), left=left.serialize())
    Run.objects.filter(pk__in=[run.pk for run in runs[:-1]]).delete()
