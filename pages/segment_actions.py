"""What people do with a segment from its page: count it now, pause, resume, retire."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.actors import actor_of
from lib.htmx import Request
from pages.segment_frame import frame, segment_of
from pages.uses import uses_of
from segments import dependents, references, selectors, services
from segments.models import Segment
from segments.rules.errors import DefinitionErrors


@require_POST
def recompute(request: Request, key: str) -> HttpResponse:
    """Ask for a count as of now; the page shows its progress."""
    return _do(request, key, services.request_recompute, _("Counting has been asked for."))


@require_POST
def resume(request: Request, key: str) -> HttpResponse:
    """Keep the members fresh again."""
    return _do(request, key, services.resume, _("Resumed. Its members are being counted."))


def pause(request: Request, key: str) -> HttpResponse:
    """Asks first, saying what stops; then pauses."""
    if request.method == "POST":
        return _do(request, key, services.pause, _("Paused. The members stay as they are."))
    return _ask(request, key, "segments/pause.html")


def retire(request: Request, key: str) -> HttpResponse:
    """Asks first, saying what stops and what is in the way; then retires for good."""
    if request.method == "POST":
        return _do(request, key, services.retire, _("Retired. Its key stays taken."))
    return _ask(request, key, "segments/retire.html")


def say_refusal(request: HttpRequest, error: ValidationError | DefinitionErrors) -> None:
    """Tell on the next page why a service has refused, and what to do."""
    told = error.messages if isinstance(error, ValidationError) else [str(error)]
    for message in told:
        messages.error(request, message)


def _do(request: Request, key: str, service: Callable[..., object], done: str) -> HttpResponse:
    segment = get_object_or_404(selectors.segments(actor=actor_of(request)).select_related("team"), key=key)
    try:
        service(actor=actor_of(request), segment=segment)
    except ValidationError as error:
        say_refusal(request, error)
    else:
        messages.success(request, done)
    return redirect("segment-page", key)


def _ask(request: Request, key: str, template: str) -> HttpResponse:
    segment, actor = segment_of(request, key), actor_of(request)
    naming = references.referrers(segment.key).values("pk")
    context: dict[str, Any] = {
        **frame(request, segment, "segment-page"),
        "uses": uses_of(segment, actor),
        "named_by": list(selectors.segments(actor=actor).filter(pk__in=naming)),
        "standing": dependents.outside(segment),
        "is_named": Segment.objects.filter(pk__in=naming).exists(),
    }
    return render(request, template, context)
