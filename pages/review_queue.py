"""The queue of reviews: each segment that is due, with the evidence for one of four decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Avg, Prefetch, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.actors import actor_of
from lib import clock
from lib.htmx import Request
from pages import sparkline
from pages.catalogue import DAYS, REVIEWED_WITHIN, growth
from pages.segment_actions import say_refusal
from pages.uses import referrals, with_uses
from segments import history, selectors, services
from segments.health import standing, with_health
from segments.models import CheckFinding, Review, Run, Segment

SHOWN = 20
"""Segments on the page; the others follow as these are decided."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for and against a segment: its size over 30 days, who came and went, what uses it, what it costs."""

    line: str
    change: float | None
    entered: int
    left: int
    referrals: int
    milliseconds: int | None


def review_queue(request: Request) -> HttpResponse:
    """The reviews of the reader's teams that are overdue or due within two weeks, the longest overdue first."""
    actor, now = actor_of(request), clock.now()
    today = timezone.localtime(now).date()
    due = selectors.due_for_review(actor=actor, by=today + REVIEWED_WITHIN)
    found = Prefetch("findings", standing(CheckFinding.objects.order_by("severity", "check_key")), "standing")
    rows = with_uses(with_health(due.select_related("team", "owner", "published"))).prefetch_related(found)
    shown = list(rows[:SHOWN])
    evidence = _evidence(shown, now)
    context: dict[str, Any] = {
        "here": "review",
        "tab": "due",
        "items": [(row, evidence[row.pk]) for row in shown],
        "total": due.count(),
        "waiting": selectors.proposals(actor=actor).count(),
        "others": selectors.segments(actor=actor).filter(state=Segment.State.LIVE).values_list("key", "name", "unit"),
        "today": today,
    }
    return render(request, "review/queue.html", context)


@require_POST
def decide(request: Request, key: str) -> HttpResponse:
    """Decide about one segment; a change leads to its rule, everything else to the next in the queue."""
    actor, decision = actor_of(request), request.POST.get("decision", "")
    segment = get_object_or_404(selectors.segments(actor=actor).select_related("team"), key=key)
    given = request.POST.get("into", "")
    into = get_object_or_404(selectors.segments(actor=actor), key=given) if given else None
    try:
        services.decide_review(
            actor=actor, segment=segment, decision=decision, note=request.POST.get("note", ""), into=into
        )
    except ValidationError as error:
        say_refusal(request, error)
        return redirect("review-queue")
    said = {"name": segment.name, "decision": str(Review.Decision(decision).label)}
    messages.success(request, _("%(name)s: %(decision)s.") % said)
    return redirect("segment-edit", key) if decision == Review.Decision.CHANGE else redirect("review-queue")


def _evidence(rows: Sequence[Any], now: datetime) -> Mapping[int, Evidence]:
    """In three queries for all rows."""
    ids, moments = [row.pk for row in rows], history.ends_of_days(DAYS, now)
    lines, named = history.sizes(ids, moments), referrals()
    runs = Run.objects.filter(segment__in=ids, state=Run.State.SUCCEEDED, as_of__gte=moments[0])
    sums = runs.values("segment").order_by().annotate(came=Sum("entered"), went=Sum("left"), cost=Avg("evaluate_ms"))
    moved = {each["segment"]: each for each in sums}
    return {row.pk: _evidence_of(row, lines[row.pk], named.get(row.key, 0), moved.get(row.pk, {})) for row in rows}


def _evidence_of(row: Any, line: list[int | None], named: int, moved: Mapping[str, Any]) -> Evidence:
    cost = moved.get("cost")
    return Evidence(
        line=sparkline.path(line),
        change=growth(line[0], row.good_members),
        entered=moved.get("came") or 0,
        left=moved.get("went") or 0,
        referrals=named,
        milliseconds=None if cost is None else round(cost),
    )
