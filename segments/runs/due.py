"""Which segments need a run, as the workers ask; whoever asks for people uses `segments.selectors`."""

from datetime import timedelta

from django.db.models import (
    Case,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest

from lib import clock
from segments.models import Run, Segment
from segments.runs.failures import SLOWLY

CHECKED_EVERY = timedelta(days=1)
"""How often what signals have done is compared with a run of everybody."""

OPEN = (Run.State.QUEUED, Run.State.RUNNING)


def live_segments() -> QuerySet[Segment]:
    """Segments that are kept fresh."""
    return Segment.objects.filter(state=Segment.State.LIVE, published__isnull=False)


def good_runs() -> QuerySet[Run]:
    """Runs whose result was stored, the one that was stored last first."""
    return Run.objects.filter(state=Run.State.SUCCEEDED).order_by("-finished_at", "-id")


def full_runs() -> QuerySet[Run]:
    """Runs of everybody, as opposed to those that signals have brought about, the newest first."""
    return Run.objects.exclude(trigger=Run.Trigger.SIGNALS).order_by("-id")


def promise() -> Case:
    """How old the last run of everybody of a segment may be, as a column."""
    return Case(
        When(upkeep=Segment.Upkeep.SIGNALS, then=Value(CHECKED_EVERY)),
        default=F("freshness"),
        output_field=DurationField(),
    )


def due_segments() -> QuerySet[Segment]:
    """Live segments that need a run and have none open, by the database's clock.

    Those that never had a good one, whose published version is another, or whose last run of everybody is older than
    promised (where signals do all, than a day: `CHECKED_EVERY`); but not those whose last one has failed for good a
    short while ago.
    """
    now = clock.now()
    runs = full_runs().filter(segment=OuterRef("pk"))
    good = runs.filter(state=Run.State.SUCCEEDED)
    pause = Greatest(OuterRef("freshness"), Value(SLOWLY), output_field=DurationField())
    failed_lately = runs.filter(
        state=Run.State.FAILED,
        id__gt=Coalesce(OuterRef("good_run"), 0),
        finished_at__gt=ExpressionWrapper(Value(now) - pause, output_field=DateTimeField()),
    )
    stale_at = ExpressionWrapper(F("good_as_of") + promise(), output_field=DateTimeField())
    return (
        live_segments()
        .annotate(
            good_run=Subquery(good.values("pk")[:1]),
            good_as_of=Subquery(good.values("as_of")[:1]),
            good_version=Subquery(good.values("version")[:1]),
        )
        .annotate(stale_at=stale_at)
        .filter(Q(good_run=None) | ~Q(good_version=F("published")) | Q(stale_at__lte=now))
        .exclude(Exists(runs.filter(state__in=OPEN)))
        .exclude(Exists(failed_lately))
    )
