"""The versions of a segment: what each changed, and publishing one, or one of before again."""

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
from segments.services.versions import PUBLISHABLE


def segment_versions(request: Request, key: str) -> HttpResponse:
    """Every version that the reader may see, newest first."""
    segment, actor = segment_of(request, key), actor_of(request)
    versions = selectors.versions(actor=actor, segment=segment).select_related("author")
    context: dict[str, Any] = {
        **frame(request, segment, "segment-versions"),
        "versions": versions,
        "publishable": PUBLISHABLE,
    }
    return render(request, "segments/versions.html", context)


@require_POST
def publish(request: Request, key: str, number: int) -> HttpResponse:
    """Make a saved version the one in force."""
    version = _version(request, key, number)
    try:
        services.publish(actor=actor_of(request), version=version)
    except (ValidationError, DefinitionErrors) as error:
        say_refusal(request, error)
    else:
        messages.success(
            request, _("Version %(number)d is in force. Its members are being counted.") % {"number": number}
        )
    return redirect("segment-versions", key)


@require_POST
def roll_back(request: Request, key: str, number: int) -> HttpResponse:
    """Make the definition of an earlier version the one in force again, as a new version.

    Where the team wants four eyes it is saved only, since nobody publishes what they have saved.
    """
    version = _version(request, key, number)
    try:
        made = _again(request, version)
    except (ValidationError, DefinitionErrors) as error:
        say_refusal(request, error)
        return redirect("segment-versions", key)
    told = {"new": made.number, "old": number}
    if version.segment.team.four_eyes:
        messages.success(request, _("Saved as version %(new)d. Somebody else of the team publishes it.") % told)
    else:
        messages.success(request, _("The definition of version %(old)d is in force again, as version %(new)d.") % told)
    return redirect("segment-versions", key)


@transaction.atomic
def _again(request: Request, version: SegmentVersion) -> SegmentVersion:
    actor, note = actor_of(request), _("Back to version %(number)d") % {"number": version.number}
    made = services.save_version(actor=actor, segment=version.segment, definition=version.definition, note=note)
    if not version.segment.team.four_eyes:
        services.publish(actor=actor, version=made)
    return made


def _version(request: Request, key: str, number: int) -> SegmentVersion:
    actor = actor_of(request)
    segment = get_object_or_404(selectors.segments(actor=actor), key=key)
    versions = selectors.versions(actor=actor, segment=segment).select_related("segment__team")
    return get_object_or_404(versions, number=number)
