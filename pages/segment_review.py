"""One version on its way to being in force: what it changes, its review, its publication."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.actors import actor_of
from lib.htmx import Request
from pages.segment_actions import say_refusal
from pages.segment_frame import frame, segment_of
from pages.segment_versions import version_of
from segments import services
from segments.models import Segment, SegmentVersion
from segments.rules.errors import DefinitionErrors
from segments.services.publishing import PUBLISHABLE, needs_approval
from segments.services.reviews import IN_REVIEW

State = SegmentVersion.State


class TimeForm(forms.Form):
    """A moment in the installation's timezone, as a field of the browser writes it."""

    at = forms.DateTimeField()


@dataclass(frozen=True, slots=True)
class Moves:
    """What the reader may do with a version as it is."""

    propose: bool
    approve: bool
    reject: bool
    publish: bool
    override: bool
    is_own: bool

    def __bool__(self) -> bool:
        return self.propose or self.approve or self.reject or self.publish or self.override


def segment_version(request: Request, key: str, number: int) -> HttpResponse:
    """What a version says and changes, and what may be done with it."""
    segment, version = segment_of(request, key), version_of(request, key, number)
    context = frame(request, segment, "segment-versions")
    moves = moves_of(version, context)
    told = {"version": version, "moves": moves, "publishable": PUBLISHABLE}
    return render(request, "segments/version_page.html", {**context, **told})


def moves_of(version: SegmentVersion, may: Any) -> Moves:
    """`may` is what `pages.segment_frame.frame` tells of the reader's rights."""
    segment, user = version.segment, may["reader"]
    is_alive = segment.state != Segment.State.RETIRED
    is_own = user is not None and user.pk in (version.author_id, version.proposed_by_id)
    waits, is_open = version.state == State.PROPOSED, is_alive and version.state in PUBLISHABLE
    lacks = needs_approval(version)
    return Moves(
        propose=is_open and may["may_edit"] and version.state == State.DRAFT,
        approve=is_open and may["may_approve"] and waits and not (segment.team.four_eyes and is_own),
        reject=is_alive and may["may_approve"] and version.state in IN_REVIEW,
        publish=is_open and may["may_edit"] and not lacks,
        override=is_open and may["may_override"] and lacks,
        is_own=is_own,
    )


@require_POST
def propose(request: Request, key: str, number: int) -> HttpResponse:
    """Send it for review."""
    return _do(request, key, number, services.propose, _("Sent for review. The approvers of the team see it now."))


@require_POST
def approve(request: Request, key: str, number: int) -> HttpResponse:
    """Agree to it."""
    return _do(request, key, number, services.approve, _("Approved. It can be published now."))


@require_POST
def reject(request: Request, key: str, number: int) -> HttpResponse:
    """Refuse it, saying why."""
    reason = request.POST.get("reason", "")
    return _do(request, key, number, services.reject, _("Rejected. Its author reads why."), reason=reason)


@require_POST
def publish(request: Request, key: str, number: int) -> HttpResponse:
    """Put it in force."""
    done = _("Version %(number)d is in force. Its members are being counted.") % {"number": number}
    return _do(request, key, number, services.publish, done)


@require_POST
def schedule(request: Request, key: str, number: int) -> HttpResponse:
    """Set a time at which it is published."""
    form = TimeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Name a day and a time at which it is to be published."))
        return redirect("segment-version", key, number)
    at = form.cleaned_data["at"]
    return _do(request, key, number, services.schedule_publication, _("It will be published at that time."), at=at)


@require_POST
def unschedule(request: Request, key: str, number: int) -> HttpResponse:
    """Take that back."""
    return _do(request, key, number, services.cancel_publication, _("It is not published by itself any more."))


@require_POST
def override(request: Request, key: str, number: int) -> HttpResponse:
    """Put it in force without the approval that the team wants."""
    reason, done = request.POST.get("reason", ""), _("Published without approval. The audit log says so.")
    return _do(request, key, number, services.publish_unapproved, done, reason=reason)


def _do(
    request: Request, key: str, number: int, service: Callable[..., object], done: str, **given: Any
) -> HttpResponse:
    version = version_of(request, key, number)
    try:
        service(actor=actor_of(request), version=version, **given)
    except (ValidationError, DefinitionErrors) as error:
        say_refusal(request, error)
    else:
        messages.success(request, done)
    return redirect("segment-version", key, number)
