"""What checks have found about a segment, put off from its page."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.actors import actor_of
from lib import clock
from lib.htmx import Request
from pages.segment_actions import say_refusal
from segments import selectors, services
from segments.models import CheckFinding

SPANS = {"7": gettext_lazy("a week"), "30": gettext_lazy("a month"), "90": gettext_lazy("three months")}
"""For how many days a finding can be put off."""


@require_POST
def snooze(request: Request, key: str, number: int) -> HttpResponse:
    """Say nothing of it for some days."""
    days = request.POST.get("days", "")
    until = clock.now() + timedelta(days=int(days) if days in SPANS else 0)
    try:
        services.snooze_finding(
            actor=actor_of(request),
            finding=_finding(request, key, number),
            until=until,
            reason=request.POST.get("reason", ""),
        )
    except ValidationError as error:
        say_refusal(request, error)
    else:
        messages.success(request, _("Snoozed. It comes back if it still stands then."))
    return redirect("segment-page", key)


@require_POST
def wake(request: Request, key: str, number: int) -> HttpResponse:
    """Tell of it again."""
    try:
        services.wake_finding(actor=actor_of(request), finding=_finding(request, key, number))
    except ValidationError as error:
        say_refusal(request, error)
    return redirect("segment-page", key)


def _finding(request: Request, key: str, number: int) -> CheckFinding:
    actor = actor_of(request)
    segment = get_object_or_404(selectors.segments(actor=actor), key=key)
    rows = selectors.findings(actor=actor, segment=segment).select_related("segment__team")
    return get_object_or_404(rows, pk=number)
