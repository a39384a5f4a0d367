"""The catalogue of segments: saved views, search, filters, and one row per segment."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import policy
from accounts.actors import Actor, actor_of
from accounts.policy import Action
from lib import clock
from lib.htmx import Request, wants_fragment
from pages import sparkline
from pages.listing import PER_PAGE, Listing, chips, meaningful, turn_to, with_address
from pages.tables import SegmentTable
from pages.uses import referrals, with_uses
from segments import history, selectors
from segments.filters import SegmentFilter
from segments.health import NEEDS_ATTENTION, Health, HealthWords, in_words, with_health
from segments.models import Segment

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

DAYS = 31  # today and the 30 before it
IN_USE = ~Q(state=Segment.State.RETIRED)
MENUS = ("team", "owner", "unit", "state", "health")
REVIEWED_WITHIN = timedelta(days=14)
"""A review that is due in this time, or overdue, is up."""
SEARCH = _("Search name or definition")


@dataclass(frozen=True, slots=True)
class SavedView:
    """A filter that has a name; `nothing` is said where it lets no segment through."""

    name: "str | _StrPromise"
    rule: Q
    nothing: "str | _StrPromise"


def saved_views(named: Collection[str], today: date) -> dict[str, SavedView]:
    """The saved views by key. `named` are the keys of segments that other definitions name."""
    return {
        "all": SavedView(_("All segments"), Q(), _("No segments yet")),
        "attention": SavedView(
            _("Needs attention"), Q(health__in=(*NEEDS_ATTENTION, Health.ATTENTION)), _("Every live segment is well")
        ),
        "review": SavedView(
            _("Up for review"),
            IN_USE & Q(review_on__lte=today + REVIEWED_WITHIN),
            _("No review is due in the next two weeks"),
        ),
        "unused": SavedView(
            _("Not used by anything"),
            IN_USE & Q(activations=0) & ~Q(key__in=named),
            _("Every segment is used by something"),
        ),
        "no-owner": SavedView(_("No owner"), IN_USE & Q(owner=None), _("Every segment has an owner")),
    }


@dataclass(frozen=True, slots=True)
class Shown:
    """What a row shows beside its columns. `change` is the share by which it grew in 30 days, if that is known;
    `referrals` counts the definitions that name the segment."""

    health: HealthWords
    line: str
    change: float | None
    referrals: int


def segment_list(request: Request) -> HttpResponse:
    """The whole page, or for htmx the table with what depends on the filters."""
    now = clock.now()
    named = referrals()
    views = saved_views(named, timezone.localtime(now).date())
    asked = request.GET.get("view", "all")
    view = asked if asked in views else "all"
    segments = catalogue(actor_of(request))
    filters = SegmentFilter(request.GET, queryset=segments.filter(views[view].rule), request=request)
    sort = [order for order in request.GET.getlist("sort") if order.removeprefix("-") in SegmentTable.base_columns]
    table = SegmentTable(filters.qs, order_by=sort or "-members", request=request)
    turn_to(table, request.GET.get("page", "1"))
    decorate(table.page.object_list.data, named, now)
    query = meaningful(request.GET)
    context: dict[str, Any] = {
        "here": "segments",
        "listing": Listing(reverse("segment-list"), SEARCH, "segments/count.html", "segments/results.html"),
        "filters": filters,
        "table": table,
        "view": view,
        "nothing": "" if set(query) - {"view", "sort"} else views[view].nothing,
        "chips": chips(filters, MENUS, query),
        "menus": MENUS,
        "sort": sort,
        "may_create": policy.teams(actor_of(request), Action.EDIT).exists(),
    }
    if wants_fragment(request):
        return with_address(request, render(request, "listing/fragment.html", context), query)
    counts = count_views(segments, views)
    context |= {"views": [(key, views[key].name, counts[key]) for key in views], "total": counts["all"]}
    return render(request, "segments/list.html", context)


def segment_sizes(request: Request) -> HttpResponse:
    """The numbers of members as they are now of the rows that a list shows, `?key=` each, to be put in their places."""
    rows = selectors.segments(actor=actor_of(request)).filter(key__in=request.GET.getlist("key")[:PER_PAGE])
    return render(request, "segments/sizes.html", {"rows": with_health(rows)})


def catalogue(actor: Actor) -> QuerySet[Any]:
    """Every segment that the actor may know of, with its health, its uses, team, owner and published version."""
    return with_uses(with_health(selectors.segments(actor=actor).select_related("team", "owner", "published")))


def count_views(segments: QuerySet[Any], views: Mapping[str, SavedView]) -> dict[str, int]:
    """How many segments each saved view holds, in one query."""
    return segments.aggregate(**{key: Count("pk", filter=view.rule) for key, view in views.items()})


def decorate(rows: Sequence[Any], named: Mapping[str, int], now: datetime) -> None:
    """Give each row of the page its `shown`, with one query for the sparklines of all."""
    lines = history.sizes([row.pk for row in rows], history.ends_of_days(DAYS, now))
    for row in rows:
        line = lines[row.pk]
        row.shown = Shown(
            in_words(row, now), sparkline.path(line), growth(line[0], row.good_members), named.get(row.key, 0)
        )


def growth(before: int | None, after: int | None) -> float | None:
    """The change as a share of `before`; None where either is not known, or there was nobody to compare with."""
    if not before or after is None:
        return None
    return (after - before) / before
