"""The list of activations: what goes where, when, and how the last time went; failed first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import django_tables2 as tables
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import policy
from accounts.actors import Actor, actor_of
from accounts.policy import Action
from activations import selectors
from activations.destinations import kinds
from activations.filters import ActivationFilter
from activations.models import SyncRun
from activations.standing import NEEDS_A_PERSON, URGENCY, Standing, with_standing
from lib import clock
from lib.htmx import Request, wants_fragment
from pages.listing import Listing, chips, meaningful, turn_to, with_address
from pages.tables import Listed, Ordered, ordered
from pages.uses import latest_runs, rhythm

CELLS = "activations/cells"
MENUS = ("state", "team", "kind")
VIEWS = {
    "all": (_("All activations"), Q()),
    "attention": (_("Needs a person"), Q(standing__in=NEEDS_A_PERSON)),
    "paused": (_("Paused"), Q(standing=Standing.PAUSED)),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a row shows beside its columns. `place` is the connection for its team, for others the kind of tool."""

    place: str
    kind: str
    rhythm: str
    latest: SyncRun | None
    failure: str
    now: datetime


class ActivationTable(Listed):
    """One row per activation of `listed`; the view gives each row its `shown`."""

    label = _("Activations")
    caption = _("Activations with destination, schedule, last and next sync; headings sort")
    style = "activations"
    name = tables.TemplateColumn(template_name=f"{CELLS}/name.html", verbose_name=_("Activation"))
    team = tables.TemplateColumn(template_name=f"{CELLS}/place.html", verbose_name=_("Goes to"))
    schedule = tables.TemplateColumn(
        template_name=f"{CELLS}/schedule.html", verbose_name=_("When and how"), orderable=False
    )
    state = tables.TemplateColumn(template_name=f"{CELLS}/state.html", verbose_name=_("Last sync"))
    counts = tables.TemplateColumn(template_name=f"{CELLS}/counts.html", verbose_name=_("People"), orderable=False)
    due = tables.TemplateColumn(template_name=f"{CELLS}/due.html", verbose_name=_("Next"))

    class Meta(Listed.Meta):
        """django-tables2 does not inherit it by itself."""

    def order_name(self, queryset: QuerySet[Any], is_descending: bool) -> Ordered:  # noqa: FBT001 - its contract
        return ordered(queryset, Lower("name"), is_descending=is_descending)

    def order_team(self, queryset: QuerySet[Any], is_descending: bool) -> Ordered:  # noqa: FBT001
        return ordered(queryset, Lower("connection__team__name"), is_descending=is_descending)

    def order_state(self, queryset: QuerySet[Any], is_descending: bool) -> Ordered:  # noqa: FBT001
        return ordered(queryset, URGENCY, is_descending=is_descending)

    def order_due(self, queryset: QuerySet[Any], is_descending: bool) -> Ordered:  # noqa: FBT001
        return ordered(queryset, F("next_due"), is_descending=is_descending)


def activation_list(request: Request) -> HttpResponse:
    """The whole page, or for htmx the table with what depends on the filters."""
    actor = actor_of(request)
    asked = request.GET.get("view", "all")
    view = asked if asked in VIEWS else "all"
    everything = listed(actor)
    filters = ActivationFilter(request.GET, queryset=everything.filter(VIEWS[view][1]), request=request)
    sort = [order for order in request.GET.getlist("sort") if order.removeprefix("-") in ActivationTable.base_columns]
    table = ActivationTable(filters.qs, order_by=sort or "state", request=request)
    turn_to(table, request.GET.get("page", "1"))
    decorate(table.page.object_list.data, actor)
    query = meaningful(request.GET)
    context: dict[str, Any] = {
        "here": "activations",
        "listing": Listing(
            reverse("activation-list"),
            _("Search activation, segment or connection"),
            "activations/count.html",
            "activations/results.html",
        ),
        "filters": filters,
        "table": table,
        "view": view,
        "chips": chips(filters, MENUS, query),
        "is_filtered": bool(set(query) - {"view", "sort"}),
        "menus": MENUS,
        "sort": sort,
        "may_add": policy.teams(actor, Action.EDIT).exists(),
    }
    if wants_fragment(request):
        return with_address(request, render(request, "listing/fragment.html", context), query)
    counts = everything.aggregate(**{key: Count("pk", filter=rule) for key, (_name, rule) in VIEWS.items()})
    context |= {"views": [(key, VIEWS[key][0], counts[key]) for key in VIEWS], "total": counts["all"]}
    return render(request, "activations/list.html", context)


def listed(actor: Actor) -> QuerySet[Any]:
    """The activations that the actor may know of, with how they stand."""
    return with_standing(selectors.activations(actor=actor)).select_related("segment", "connection__team")


def decorate(rows: Sequence[Any], actor: Actor) -> None:
    """Give each row of the page its `shown`, with two queries for all."""
    latest, now = latest_runs(rows), clock.now()
    own = set(policy.visible_teams(actor).values_list("pk", flat=True))
    labels = {name: kind.label for name, kind in kinds().items()}
    for row in rows:
        is_ours, run = row.connection.team_id in own, latest.get(row.pk)
        kind = labels.get(row.connection.kind, row.connection.kind)
        failure = row.stopped_because or (run.failure if run else "")
        row.shown = Shown(
            row.connection.name if is_ours else kind, kind, rhythm(row), run, failure if is_ours else "", now
        )
