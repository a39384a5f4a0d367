"""Which segments are the same people: each against each, and in words what is worth a look."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from accounts.actors import actor_of
from lib.htmx import Request
from profiles.models import Unit
from segments import selectors
from segments.health import with_health
from segments.models import Segment
from segments.overlap import Matrix, matrix

MOST = 30
"""Segments on the page, the largest; more can't be read."""
WORTH_A_LOOK = 0.5
"""Pairs are told in words if of all who are in either at least this share is in both."""
TOLD = 12


def overlap_page(request: Request) -> HttpResponse:
    """Of the live segments of one unit, `?unit=`, and one team, `?team=`, or of all teams."""
    asked = request.GET.get("unit", "")
    unit = asked if asked in Unit.values else Unit.PROFILE.value
    rows = selectors.segments(actor=actor_of(request)).filter(state=Segment.State.LIVE, unit=unit)
    team = request.GET.get("team", "")
    if team:
        rows = rows.filter(team__key=team)
    counted = with_health(rows.select_related("team")).filter(good_members__gt=0).order_by("-good_members", "key")
    segments = list(counted[:MOST])
    found: Matrix = matrix(segments)
    context: dict[str, Any] = {
        "here": "overlap",
        "unit": unit,
        "team": team,
        "segments": segments,
        "rows": zip(segments, found.rows(), strict=True),
        "worth": [pair for pair in found.most_alike() if pair.alike >= WORTH_A_LOOK][:TOLD],
        "left_out": counted.count() - len(segments),
    }
    return render(request, "overlap/page.html", context)
