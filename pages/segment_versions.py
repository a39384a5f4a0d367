"""The versions of a segment: what each changed, and putting one of before in force again."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.actors import actor_of
from lib.htmx import Request
from pages.segment_actions import say_refusal
from pages.segment_frame import frame, segment_of
from segments import selectors, services
from segments.models import SegmentVersion
from segments.rules.errors import DefinitionErrors
from segments.services.publishing import PUBLISHABLE

PEOPLE = ("author", "proposed_by", "decided_by", "publish_by")
"""Whom a version names."""


def segment_versions(request: Request, key: str) -> HttpResponse:
    """Every version that the reader may see, newest first."""
    segment, actor = segment_of(request, key), actor_of(request)
    versions = selectors.versions(actor=actor, segment=segment).select_related(*PEOPLE)
    context: dict[str, Any] = {
        **frame(request, segment, "segment-versions"),
        "versions": versions,
        "publishable": PUBLISHABLE,
    }
    return render(request, "segments/versions.html", context)


@require_POST
def roll_back(request: Request, key: str, number: int) -> HttpResponse:
    """Make the definition of an earlier version the one in force again, as a new version.

    Where the team wants four eyes it is sent for review.
    """
    version = version_of(request, key, number)
    try:
        made = _again(request, version)
    except (ValidationError, DefinitionErrors) as error:
        say_refusal(request, error)
        return redirect("segment-versions", key)
    told = {"new": made.number, "old": number}
    if version.segment.team.four_eyes:
        messages.success(request, _("Saved as version %(new)d and sent for review.") % told)
    else:
        messages.success(request, _("The definition of version %(old)d is in force again, as version %(new)d.") % told)
    return redirect("segment-versions", key)


@transaction.atomic
def _again(request: Request, version: SegmentVersion) -> SegmentVersion:
    actor, note = actor_of(request), _("Back to version %(number)d") % {"number": version.number}
    made = services.save_version(actor=actor, segment=version.segment, definition=version.definition, note=note)
    if version.segment.team.four_eyes:
        return services.propose(actor=actor, version=made)
    services.publish(actor=actor, version=made)
    return made


def version_of(request: Request, key: str, number: int) -> SegmentVersion:
    """A version that the reader may see. Raises `Http404`."""
    actor = actor_of(request)
    segment = get_object_or_404(selectors.segments(actor=actor), key=key)
    versions = selectors.versions(actor=actor, segment=segment).select_related("segment__team", *PEOPLE)
    return get_object_or_404(versions, number=number)
