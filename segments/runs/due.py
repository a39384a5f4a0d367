"""Which segments need a run, as the workers ask; whoever asks for people uses `segments.selectors`."""

from django.db.models import (
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
)
from django.db.models.functions import Coalesce, Greatest

from lib import clock
from segments.models import Run, Segment
from segments.runs.failures import SLOWLY

OPEN = (Run.State.QUEUED, Run.State.RUNNING)


def live_segments() -> QuerySet[Segment]:
    """Segments that are kept fresh."""
    return Segment.objects.filter(state=Segment.State.LIVE, published__isnull=False)


def good_runs() -> QuerySet[Run]:
    """Runs whose result was stored, the newest first."""
    return Run.objects.filter(state=Run.State.SUCCEEDED).order_by("-id")


def due_segments() -> QuerySet[Segment]:
    """Live segments that need a run and have none open, by the database's clock.

    Those that never had a good one, whose published version is another, or whose members are older than promised; but
    not those whose last run has failed for good a short while ago.
    """
    now = clock.now()
    runs = Run.objects.filter(segment=OuterRef("pk")).order_by("-id")
    good = runs.filter(state=Run.State.SUCCEEDED)
    pause = Greatest(OuterRef("freshness"), Value(SLOWLY), output_field=DurationField())
    failed_lately = runs.filter(
        state=Run.State.FAILED,
        id__gt=Coalesce(OuterRef("good_run"), 0),
        finished_at__gt=ExpressionWrapper(Value(now) - pause, output_field=DateTimeField()),
    )
    stale_at = ExpressionWrapper(F("good_as_of") + F("freshness"), output_field=DateTimeField())
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
