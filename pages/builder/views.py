"""The pages on which a segment is made and changed, and the draft that they keep."""

import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import policy
from accounts.actors import Actor, actor_of
from accounts.policy import Action
from lib import clock
from lib.htmx import Request
from pages.builder import saving, starts
from pages.builder.forms import ContractForm, EditForm, NewForm, told
from pages.builder.goals import Goal, goals
from pages.builder.saving import Intent, Outcome
from pages.builder.vocabulary import vocabulary
from segments import selectors, services
from segments.models import Draft, Segment, SegmentVersion
from segments.registry import load_catalogue
from segments.services.contract import contract_of


def segment_new(request: Request) -> HttpResponse:
    """A form for a segment that is not there yet; `?goal=`, `?copy=` and `?draft=` say what it begins with."""
    actor = actor_of(request)
    _require_a_team(actor)
    draft = selectors.draft(actor=actor, segment=None)
    if request.method == "POST":
        form = NewForm(request.POST, actor=actor, initial={})
        intent = _intent(request)
        outcome = saving.save_new(form, actor=actor, intent=intent) if form.is_valid() else Outcome()
        if outcome.version is not None:
            services.drop_draft(actor=actor, segment=None)
            return _done(outcome.version, intent)
        return _page(request, form, {"draft": None}, status=422)
    offered = goals(load_catalogue())
    initial = _start(request, actor, offered)
    is_resumed = draft is not None and "draft" in request.GET
    if is_resumed and draft is not None:
        initial = starts.with_draft(initial, draft.fields)
    form = NewForm(None, actor=actor, initial=initial)
    is_blank = not is_resumed and not set(request.GET) & {"goal", "copy"}
    return _page(request, form, {"draft": None if is_resumed else draft, "goals": offered if is_blank else []})


def segment_edit(request: Request, key: str) -> HttpResponse:
    """The form of a segment that is there; saving its rule makes a new version."""
    actor = actor_of(request)
    segment = _segment(actor, key)
    version = selectors.newest_version(actor=actor, segment=segment)
    draft = selectors.draft(actor=actor, segment=segment)
    context: dict[str, Any] = {"segment": segment, "version": version, "draft": draft}
    if request.method == "POST":
        form = EditForm(request.POST, segment=segment, initial={})
        intent = _intent(request)
        outcome = saving.save_edit(form, segment, actor=actor, intent=intent) if form.is_valid() else Outcome()
        if outcome.version is not None:
            services.drop_draft(actor=actor, segment=segment)
            return _done(outcome.version, intent)
        if outcome.newer is None and not outcome.overwrites:
            return _page(request, form, context | {"draft": None}, status=422)
        return _conflict(request, outcome, segment, actor)
    initial = starts.from_segment(segment, version)
    if draft is not None and "draft" in request.GET:
        initial, context["draft"] = starts.with_draft(initial, draft.fields), None
    return _page(request, EditForm(None, segment=segment, initial=initial), context)


@require_POST
def draft_keep(request: Request, key: str = "") -> HttpResponse:
    """Keep what the form holds; or with `drop`, forget it and begin anew."""
    actor = actor_of(request)
    segment = _segment(actor, key) if key else None
    if "drop" in request.POST:
        services.drop_draft(actor=actor, segment=segment)
        return redirect("segment-edit", key) if key else redirect("segment-new")
    fields = {name: str(value) for name, value in request.POST.items()}
    services.keep_draft(actor=actor, segment=segment, fields=fields)
    return HttpResponse(status=204)


def _require_a_team(actor: Actor) -> None:
    if not policy.teams(actor, Action.EDIT).exists():
        message = "Making a segment needs the role editor or higher in a team. An administrator of a team can give it."
        raise PermissionDenied(message)


def _segment(actor: Actor, key: str) -> Segment:
    """A segment that the actor may change. Raises `Http404`, and `PermissionDenied` in words."""
    segment = get_object_or_404(selectors.segments(actor=actor).select_related("team", "owner", "published"), key=key)
    policy.require(actor, Action.EDIT, segment.team)
    if segment.state == Segment.State.RETIRED:
        raise PermissionDenied("A retired segment is never changed again. Duplicate it to go on from its rule.")
    return segment


def _start(request: Request, actor: Actor, offered: list[Goal]) -> dict[str, Any]:
    if key := request.GET.get("copy"):
        original = get_object_or_404(selectors.segments(actor=actor), key=key)
        return starts.from_copy(original, actor)
    if key := request.GET.get("goal"):
        found = next((goal for goal in offered if goal.key == key), None)
        if found is None:
            raise Http404("There is no such template.")
        return starts.from_goal(found, actor)
    return starts.blank(actor)


def _intent(request: Request) -> Intent:
    """What the button that was pressed stands for; where none was, saving."""
    given = request.POST.get("action", "")
    return Intent(given) if given in list(Intent) else Intent.SAVE


def _done(version: SegmentVersion, intent: Intent) -> HttpResponseRedirect:
    key = version.segment.key
    if intent in (Intent.REVIEW, Intent.PROPOSE):
        return redirect("segment-version", key, version.number)
    return redirect("segment-page", key)


def _conflict(request: Request, outcome: Outcome, segment: Segment, actor: Actor) -> HttpResponse:
    """The same form with everything that was written, and what somebody else did meanwhile, which is seen now."""
    segment.refresh_from_db()
    version = selectors.newest_version(actor=actor, segment=segment)
    data = request.POST.copy()
    data["base"], data["seen"] = str(version.number if version else 0), json.dumps(told(contract_of(segment)))
    form = EditForm({name: str(value) for name, value in data.items()}, segment=segment, initial={})
    conflict = saving.conflict_words(outcome)
    context = {"segment": segment, "version": version, "conflict": conflict, "newer": outcome.newer}
    return _page(request, form, context, status=409)


def _page(request: Request, form: ContractForm, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    segment: Segment | None = context.get("segment")
    draft: Draft | None = context.get("draft")
    full = {
        "here": "segments",
        "form": form,
        "segment": segment,
        "now": clock.now(),
        "vocabulary": vocabulary(actor=actor, segment=segment),
        "needs_review": segment is not None and segment.team.four_eyes,
        "may_propose": segment is None and policy.teams(actor, Action.EDIT).filter(four_eyes=True).exists(),
        "saving": _saving_words(segment),
        **context,
        "draft": draft,
    }
    return render(request, "builder/page.html", full, status=status)


def _saving_words(segment: Segment | None) -> str:
    """What saving does, said beside the buttons."""
    if segment is None:
        return _("Nothing is live until you publish.")
    if segment.published is None:
        return _("Saving creates a new version. Nothing is live until one is published.")
    said = _("Saving creates a new version. Version %(number)d stays live until the new one is published.")
    return said % {"number": segment.published.number}
