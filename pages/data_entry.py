"""The page of one trait, event or property; and the queue of new ones, each with a form to describe it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import policy
from accounts.actors import Actor, actor_of
from accounts.policy import Action
from lib import clock
from pages.data_forms import DescribeForm, SourceForm, form_of
from pages.data_words import bars_of, path_of, path_of_use, shown
from profiles import services
from profiles.datamap import selectors
from profiles.models import EventProperty, EventType, Source, Status, TraitDefinition
from profiles.uses import Entry

MODELS: dict[str, Any] = {"traits": TraitDefinition, "events": EventType, "properties": EventProperty}
PER_PAGE = 10


def entry_page(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """All that is known of it; for administrators a form that describes it, which POST takes."""
    actor, entry = actor_of(request), _found(kind, number)
    may = policy.allows(actor, Action.ADMINISTER)
    form = form_of(entry, list(Source.objects.all()), request.POST if request.method == "POST" else None)
    if request.method == "POST":
        policy.require(actor, Action.ADMINISTER)
        if form.is_valid():
            describe(actor, entry, form)
            messages.success(request, _("Saved."))
            return redirect(_back(request) or path_of(entry))
    now = clock.now()
    told = selectors.details(actor=actor, entry=entry, now=now)
    context = {
        "here": "data-map",
        "told": told,
        "row": told.row,
        "entry": told.row.entry,
        "shown": shown(told.row, now),
        "uses": [(use, path_of_use(use)) for use in told.row.uses],
        "bars": bars_of(told.days),
        "properties": [shown(row, now) for row in told.properties],
        "form": form,
        "may": may,
        "kind": kind,
        "now": now,
    }
    return render(request, "data/entry.html", context, status=422 if form.errors else 200)


def describe(actor: Actor, entry: Entry, form: DescribeForm) -> None:
    """Store what a valid form says."""
    said: Any = form.cleaned_data
    if isinstance(entry, TraitDefinition):
        services.describe_trait(actor=actor, trait=entry, **said)
    elif isinstance(entry, EventType):
        services.describe_event_type(actor=actor, event_type=entry, **said)
    else:
        services.describe_property(actor=actor, event_property=entry, **said)


@require_POST
def hide(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """Offer it to nobody any more."""
    entry = _found(kind, number)
    services.hide_entry(actor=actor_of(request), entry=entry)
    messages.success(request, _("“%(name)s” is hidden.") % {"name": entry})
    return redirect(_back(request) or path_of(entry))


def remove(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """Ask first, with what is in the way; POST takes it out of the catalogue."""
    actor, entry = actor_of(request), _found(kind, number)
    policy.require(actor, Action.ADMINISTER)
    if request.method == "POST":
        try:
            services.remove_entry(actor=actor, entry=entry)
        except ValidationError as error:
            messages.error(request, error.messages[0])
            return redirect(path_of(entry))
        messages.success(request, _("“%(name)s” is out of the catalogue.") % {"name": entry})
        return redirect("data-map")
    row = selectors.details(actor=actor, entry=entry, now=clock.now()).row
    uses = [(use, path_of_use(use)) for use in row.uses]
    context = {"here": "data-map", "row": row, "uses": uses, "path": path_of(entry)}
    return render(request, "data/remove.html", context)


def queue(request: HttpRequest) -> HttpResponse:
    """What is new, the most used and the fullest first, each with its form."""
    actor, now = actor_of(request), clock.now()
    rows = [row for row in selectors.data_map(actor=actor, now=now) if row.entry.status == Status.NEW]
    rows.sort(key=lambda row: (-len(row.uses), -(row.coverage.filled if row.coverage else 0), row.title))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    may, sources = policy.allows(actor, Action.ADMINISTER), list(Source.objects.all())
    waiting = [
        (shown(row, now), form_of(row.entry, sources, place=f"{place}_")) for place, row in enumerate(page.object_list)
    ]
    return render(request, "data/queue.html", {"here": "data-map", "page": page, "waiting": waiting, "may": may})


def source_page(request: HttpRequest, key: str) -> HttpResponse:
    """A source: what it brings and how fresh that is; for administrators its name and promise."""
    actor, now = actor_of(request), clock.now()
    source = get_object_or_404(Source, key=key)
    form = SourceForm(source, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        policy.require(actor, Action.ADMINISTER)
        if form.is_valid():
            services.change_source(actor=actor, source=source, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("data-source", key)
    rows = [shown(row, now) for row in selectors.data_map(actor=actor, now=now) if row.source == source]
    context = {"here": "data-map", "source": source, "rows": rows, "form": form, "now": now}
    context["may"] = policy.allows(actor, Action.ADMINISTER)
    return render(request, "data/source.html", context, status=422 if form.errors else 200)


def _found(kind: str, number: int) -> Entry:
    if kind not in MODELS:
        raise Http404
    found: Entry = get_object_or_404(MODELS[kind], pk=number)
    return found


def _back(request: HttpRequest) -> str:
    """Where a form wants to go back to, within these pages."""
    back = request.POST.get("back", "")
    return back if back and url_has_allowed_host_and_scheme(back, allowed_hosts=None) else ""
