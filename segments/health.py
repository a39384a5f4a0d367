"""How a segment is: how far its number can be trusted, and whether checks found something, as a column of SQL and in
words.

A failed refresh never makes a number zero: the last good one stays, with its date (I6).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db import models
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lib import ages
from profiles.models import Signal
from segments.models import CheckFinding, Run, Segment, SegmentVersion
from segments.runs.due import full_runs, good_runs, promise

GRACE = timedelta(minutes=1)  # finding due work and doing it takes a moment


class Health(models.TextChoices):
    """One word, the most urgent first: about the number of members, then about what checks have found."""

    BROKEN = "broken", gettext_lazy("Broken")
    LATE = "late", gettext_lazy("Late")
    UNCOUNTED = "uncounted", gettext_lazy("Not counted yet")
    ATTENTION = "attention", gettext_lazy("Worth a look")
    FRESH = "fresh", gettext_lazy("Fresh")
    PAUSED = "paused", gettext_lazy("Paused")
    DRAFT = "draft", gettext_lazy("Not published")
    RETIRED = "retired", gettext_lazy("Retired")


NEEDS_ATTENTION = (Health.BROKEN, Health.LATE)


class Listed(Protocol):
    """What the words need of a row of `with_health`."""

    freshness: timedelta
    upkeep: str
    good_as_of: datetime | None
    counting: bool
    faults: int
    fault: str | None
    health: str


def with_health(queryset: QuerySet[Segment]) -> QuerySet[Any]:
    """Each segment with its last good run, its failure since then if there is one, and its health.

    Adds `good_id`, `good_as_of`, `good_members`, `full_as_of` (of the last good run of everybody), `failed_id`,
    `failure`, `counting`, `faults` (how many checks have found and nobody has snoozed, hints apart), `fault` (what the
    worst of them is called), `health` and `words`.
    """
    good = good_runs().filter(segment=OuterRef("pk"))
    runs = full_runs().filter(segment=OuterRef("pk"))
    full = runs.filter(state=Run.State.SUCCEEDED)
    failed = runs.filter(pk__gt=Coalesce(OuterRef("full_id"), 0)).exclude(failure="")  # bounds the search
    versions = SegmentVersion.objects.filter(segment=OuterRef("pk")).order_by("-number")
    faults = standing(CheckFinding.objects.filter(segment=OuterRef("pk"))).exclude(severity=CheckFinding.Severity.HINT)
    number = faults.order_by().values("segment").annotate(number=Count("pk")).values("number")
    return (
        queryset.annotate(good_id=Subquery(good.values("pk")[:1]), full_id=Subquery(full.values("pk")[:1]))
        .annotate(
            full_as_of=Subquery(full.values("as_of")[:1]),
            good_as_of=Subquery(good.values("as_of")[:1]),
            good_members=Subquery(good.values("members")[:1]),
            failed_id=Subquery(failed.values("pk")[:1]),
            failure=Subquery(failed.values("failure")[:1]),
            counting=Exists(runs.filter(state__in=(Run.State.QUEUED, Run.State.RUNNING))),
            faults=Coalesce(Subquery(number), Value(0)),
            fault=Subquery(faults.order_by("severity", "check_key").values("title")[:1]),
            words=Coalesce(
                "published__words", Subquery(versions.values("words")[:1]), Value(""), output_field=models.TextField()
            ),
        )
        .annotate(health=_health())
    )


def standing(findings: QuerySet[CheckFinding]) -> QuerySet[CheckFinding]:
    """Those that the last pass has found and that nobody has snoozed."""
    return findings.filter(Q(snoozed_until=None) | Q(snoozed_until__lte=Now()), is_open=True)


def _health() -> Case:
    return Case(
        When(state=Segment.State.RETIRED, then=Value(Health.RETIRED)),
        When(state=Segment.State.PAUSED, then=Value(Health.PAUSED)),
        When(Q(state=Segment.State.DRAFT) | Q(published=None), then=Value(Health.DRAFT)),
        When(failed_id__isnull=False, then=Value(Health.BROKEN)),
        When(good_id=None, then=Value(Health.UNCOUNTED)),
        When(full_as_of__lt=Now() - promise() - Value(GRACE), then=Value(Health.LATE)),
        When(_waits_too_long(), then=Value(Health.LATE)),
        When(faults__gt=0, then=Value(Health.ATTENTION)),
        default=Value(Health.FRESH),
        output_field=models.CharField(),
    )


def _waits_too_long() -> Q:
    """Whether signals, about whomever, wait for longer than promised."""
    waiting = Signal.objects.filter(due_at=None, noted_at__lt=Now() - OuterRef("freshness") - Value(GRACE))
    return Q(Exists(waiting), upkeep__in=(Segment.Upkeep.SIGNALS, Segment.Upkeep.TIME))


@dataclass(frozen=True, slots=True)
class HealthWords:
    """A health with the reason for it; `reason` is empty where the word says all."""

    kind: Health
    reason: str


def in_words(segment: Listed, now: datetime) -> HealthWords:
    """The health of a row of `with_health` and its reason, as at `now`."""
    kind = Health(segment.health)
    return HealthWords(kind, _REASONS[kind](segment, now))


def _fresh(segment: Listed, now: datetime) -> str:
    assert segment.good_as_of is not None
    if segment.upkeep == Segment.Upkeep.SIGNALS:
        return _("Kept up to date within a second")
    return ages.ago(segment.good_as_of, now)


def _attention(segment: Listed, _now: datetime) -> str:
    if segment.faults == 1:
        return segment.fault or ""
    return _("%(fault)s, and %(more)d more") % {"fault": segment.fault, "more": segment.faults - 1}


def _late(segment: Listed, now: datetime) -> str:
    assert segment.good_as_of is not None
    if segment.upkeep == Segment.Upkeep.SIGNALS:
        return _("Changes wait for longer than promised, or the daily check is overdue")
    return _("Refreshed %(ago)s, promised %(every)s") % {
        "ago": ages.ago(segment.good_as_of, now),
        "every": ages.every(segment.freshness),
    }


def _broken(segment: Listed, now: datetime) -> str:
    if segment.good_as_of is None:
        return _("Never counted: its first refresh failed")
    return _("Last good number of %(date)s; refresh has failed since") % {"date": _when(segment.good_as_of, now)}


def _when(moment: datetime, now: datetime) -> str:
    """A date, or the time of day where the date alone would be today's."""
    day = ages.date_of(moment, now)
    return _("today, %(ago)s") % {"ago": ages.ago(moment, now)} if day == ages.date_of(now, now) else day


def _uncounted(segment: Listed, _now: datetime) -> str:
    return _("The first count is on its way") if segment.counting else _("The first count starts in a moment")


def _last_number(segment: Listed, now: datetime) -> str:
    if segment.good_as_of is None:
        return ""
    return _("Last counted %(ago)s") % {"ago": ages.ago(segment.good_as_of, now)}


def _draft(_segment: Listed, _now: datetime) -> str:
    return _("Counted once a version is published")


_REASONS = {
    Health.FRESH: _fresh,
    Health.LATE: _late,
    Health.ATTENTION: _attention,
    Health.BROKEN: _broken,
    Health.UNCOUNTED: _uncounted,
    Health.PAUSED: _last_number,
    Health.RETIRED: _last_number,
    Health.DRAFT: _draft,
}
