"""How long events are kept, kind by kind: for administrators, with what would go and which segments would notice."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts import policy
from accounts.actors import actor_of
from accounts.policy import Action
from lib import clock
from lib.htmx import Request
from pages.styled import style
from profiles import services
from profiles.lake import retention
from profiles.models import EventType
from profiles.services.catalogue import MOST_DAYS
from segments.retention import beyond


class KeepForm(forms.Form):
    """For how many days; nothing: for ever."""

    days = forms.IntegerField(
        label=lazy("Days"), required=False, min_value=1, max_value=MOST_DAYS, help_text=lazy("Empty: for ever.")
    )


def retention_list(request: Request) -> HttpResponse:
    """All kinds of events with how long they are kept."""
    policy.require(actor_of(request), Action.ADMINISTER)
    kinds = EventType.objects.order_by("name")
    return render(request, "operations/retention.html", {"here": "operations", "kinds": kinds})


def retention_change(request: Request, table: str) -> HttpResponse:
    """One kind: says first what would go and which segments look further back, then keeps it so."""
    actor = actor_of(request)
    policy.require(actor, Action.ADMINISTER)
    kind = get_object_or_404(EventType, table=table)
    given = request.POST or request.GET
    form = KeepForm(given if "days" in given else None, initial={"days": kind.retention_days})
    style(form)
    context: dict[str, Any] = {"here": "operations", "kind": kind, "form": form}
    if form.is_bound and form.is_valid():
        days = form.cleaned_data["days"]
        if request.method == "POST":
            return _keep(request, kind, days)
        context |= _preview(kind, days)
    return render(request, "operations/keep.html", context)


def _keep(request: Request, kind: EventType, days: int | None) -> HttpResponse:
    try:
        services.keep_events(actor=actor_of(request), event_type=kind, days=days)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("It is set. Events that are too old go within minutes."))
    return redirect("retention-list")


def _preview(kind: EventType, days: int | None) -> dict[str, Any]:
    if days is None:
        return {"previewed": True, "days": None, "would_go": 0, "beyond": []}
    border = retention.border_of(days)
    found = beyond(kind, border, clock.now())
    return {"previewed": True, "days": days, "would_go": retention.would_go(kind, days), "beyond": found}
