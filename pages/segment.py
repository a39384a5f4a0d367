"""The page of one segment: its numbers, its definition, its history, its runs, and where it goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_htmx.http import HttpResponseStopPolling, trigger_client_event

from accounts.actors import actor_of
from lib import clock
from lib.htmx import Request
from pages.catalogue import catalogue, growth
from pages.definition import is_nested
from pages.uses import uses_of
from profiles.models import Unit
from segments import selectors, upkeep
from segments.health import Health, in_words
from segments.history import Day, days_of
from segments.models import Run, Segment, SegmentVersion

RANGES = (30, 90, 180)
USUAL_RANGE = 90
UNITS = {Unit.PROFILE: _("people"), Unit.COMPANY: _("companies")}
RUNS_SHOWN = 12
VERSIONS_SHOWN = 5


def segment_page(request: Request, key: str) -> HttpResponse:
    """Everything about one segment; `?days=` sets how far back the size goes."""
    now = clock.now()
    actor = actor_of(request)
    segment = get_object_or_404(catalogue(actor), key=key)
    days = days_of(segment, max(RANGES), now)
    asked = request.GET.get("days", "")
    shown = int(asked) if asked in map(str, RANGES) else USUAL_RANGE
    versions = list(selectors.versions(actor=actor, segment=segment).select_related("author"))
    uses = uses_of(segment, actor)
    version = segment.published or (versions[0] if versions else None)
    context = {
        "here": "segments",
        "segment": segment,
        "health": in_words(segment, now),
        "kept": upkeep.in_words(segment),
        "is_broken": segment.health == Health.BROKEN,
        "now": now,
        "unit": UNITS[segment.unit],
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
        **runs_of(segment),
    }
    context["counted_by"] = older_version(segment, context["runs"])
    return render(request, "segments/page.html", context)


def older_version(segment: Any, runs: Sequence[Run]) -> int | None:
    """The number of the version that the shown members are of, where it is no longer the published one."""
    for run in runs:
        if run.pk == segment.good_id and run.version_id != segment.published_id:
            return run.version.number
    return None


def segment_runs(request: Request, key: str) -> HttpResponse:
    """The table of runs alone, asked for again and again while one is on its way; then the page is to reload."""
    segment = get_object_or_404(selectors.segments(actor=actor_of(request)), key=key)
    context = {"segment": segment, "now": clock.now(), **runs_of(segment)}
    if context["is_running"]:
        return render(request, "segments/runs.html", context)
    return trigger_client_event(HttpResponseStopPolling(), "registry:stale")


def runs_of(segment: Segment) -> dict[str, Any]:
    """The latest runs, and whether one is on its way."""
    runs = list(Run.objects.filter(segment=segment).select_related("version")[:RUNS_SHOWN])
    return {"runs": runs, "is_running": any(run.state in (Run.State.QUEUED, Run.State.RUNNING) for run in runs)}


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
    """The days of the chart, newest last, and the same as what the script draws."""

    days: Sequence[Day]
    drawn: dict[str, Any]

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
    return SizeOverTime(days, drawn)
