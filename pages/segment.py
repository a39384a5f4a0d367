"""The pages of one segment: its numbers and definition, its runs, where it goes, and what was done to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django_htmx.http import HttpResponseStopPolling, trigger_client_event

from accounts import selectors as staff
from accounts.actors import actor_of
from activations.lineage import lineage
from lib.htmx import Request
from pages.audit_words import tell
from pages.catalogue import growth
from pages.definition import is_nested
from pages.segment_contract import terms_of
from pages.segment_findings import SPANS
from pages.segment_frame import frame, segment_of
from pages.uses import input_of, uses_of
from segments import references, selectors
from segments.history import Day, days_of
from segments.models import Run, SegmentVersion

RANGES = (30, 90, 180)
USUAL_RANGE = 90
RUNS_PER_PAGE = 50
VERSIONS_SHOWN = 5
OPEN = (Run.State.QUEUED, Run.State.RUNNING)


def segment_page(request: Request, key: str) -> HttpResponse:
    """The overview; `?days=` sets how far back the size goes."""
    segment, actor = segment_of(request, key), actor_of(request)
    context = {**frame(request, segment, "segment-page")}
    days = days_of(segment, max(RANGES), context["now"])
    asked = request.GET.get("days", "")
    shown = int(asked) if asked in map(str, RANGES) else USUAL_RANGE
    versions = list(selectors.versions(actor=actor, segment=segment).select_related("author"))
    uses = uses_of(segment, actor)
    version = segment.published or (versions[0] if versions else None)
    context |= {
        "version": version,
        "is_nested": version is not None and is_nested(version.definition.get("rule")),
        "versions": versions[:VERSIONS_SHOWN],
        "size": size_over_time(days[-shown:], versions),
        "ranges": RANGES,
        "range": shown,
        "week": week(days),
        "change": growth(days[-31].members, segment.good_members),
        "uses": uses,
        "failing": sum(use.is_failing for use in uses),
        "counted_by": older_version(segment),
        "findings": list(selectors.findings(actor=actor, segment=segment)),
        "snooze_spans": SPANS,
        "terms": terms_of(segment, version),
    }
    return render(request, "segments/page.html", context)


def older_version(segment: Any) -> int | None:
    """The number of the version that the shown members are of, where it is no longer the published one."""
    if segment.published is None or segment.good_version in (None, segment.published.number):
        return None
    return int(segment.good_version)


def segment_runs(request: Request, key: str) -> HttpResponse:
    """Every run of the segment, newest first, with what went wrong in words."""
    segment = segment_of(request, key)
    runs = selectors.runs(actor=actor_of(request)).filter(segment=segment).select_related("version")
    context = {**frame(request, segment, "segment-runs")}
    context["page"] = Paginator(runs, RUNS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "segments/runs.html", context)


def segment_progress(request: Request, key: str) -> HttpResponse:
    """The run that is on its way, asked for again and again; once there is none, the page is to reload."""
    actor = actor_of(request)
    segment = get_object_or_404(selectors.segments(actor=actor), key=key)
    run = selectors.runs(actor=actor).filter(segment=segment, state__in=OPEN).first()
    if run is None:
        return trigger_client_event(HttpResponseStopPolling(), "registry:stale")
    return render(request, "segments/progress.html", {"segment": segment, "run": run})


def segment_activations(request: Request, key: str) -> HttpResponse:
    """Where the segment goes: its activations with their latest sync runs, and the segments that name it."""
    segment, actor = segment_of(request, key), actor_of(request)
    naming, found = references.referrers(segment.key).values("pk"), lineage(actor=actor, segment=segment)
    context = {
        **frame(request, segment, "segment-activations"),
        "uses": uses_of(segment, actor),
        "names": found["names"],
        "reads": [input_of(each) for each in found["reads"]],
        "named_by": selectors.segments(actor=actor).filter(pk__in=naming).select_related("team"),
    }
    return render(request, "segments/activations.html", context)


def segment_audit(request: Request, key: str) -> HttpResponse:
    """What was done to the segment and by whom, as far as the reader may see it, newest first."""
    segment = segment_of(request, key)
    entries = staff.audit_entries(actor=actor_of(request)).filter(target_kind="segment", target_id=segment.pk)
    page = Paginator(entries, RUNS_PER_PAGE).get_page(request.GET.get("page"))
    context = {**frame(request, segment, "segment-audit"), "page": page, "told": tell(page.object_list)}
    return render(request, "segments/audit.html", context)


@dataclass(frozen=True, slots=True)
class Week:
    """Entries and exits of the last seven days, today included; who came twice counts twice."""

    entered: int
    left: int


def week(days: Sequence[Day]) -> Week:
    """The sums of the last seven days."""
    return Week(sum(day.entered for day in days[-7:]), sum(day.left for day in days[-7:]))


@dataclass(frozen=True, slots=True)
class SizeOverTime:
    """The days of the chart, newest last, and the same as what the script draws.

    `replayed_before` is the day of the first publication, if there are sizes of earlier days: of runs that were made
    afterwards, as of those days.
    """

    days: Sequence[Day]
    drawn: dict[str, Any]
    replayed_before: date | None = None

    @property
    def is_empty(self) -> bool:
        return all(day.members is None for day in self.days)


def size_over_time(days: Sequence[Day], versions: Sequence[SegmentVersion]) -> SizeOverTime:
    """The data of the chart: None in `members` is a gap; a version is marked on the day it was published."""
    published = {version.published_at.date(): version for version in reversed(versions) if version.published_at}
    marks = [
        {"place": place, "label": f"v{published[day.day].number}"}
        for place, day in enumerate(days)
        if day.day in published
    ]
    drawn = {
        "days": [day.day.isoformat() for day in days],
        "members": [day.members for day in days],
        "entered": [day.entered for day in days],
        "left": [-day.left for day in days],
        "versions": marks,
        "words": {"members": gettext("Members"), "entered": gettext("Entered"), "left": gettext("Left")},
    }
    first = min(published, default=None)
    counted = next((day.day for day in days if day.members is not None), None)
    return SizeOverTime(days, drawn, first if first and counted and counted < first else None)
