"""The catalogue of segments: saved views, search, filters, and one row per segment."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.core.paginator import EmptyPage, PageNotAnInteger
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_htmx.http import push_url, replace_url

from accounts.actors import Actor, actor_of
from lib import clock
from lib.htmx import Request, wants_fragment
from pages import sparkline
from pages.tables import SegmentTable
from pages.uses import referrals, with_uses
from segments import history, selectors
from segments.filters import SegmentFilter
from segments.health import NEEDS_ATTENTION, HealthWords, in_words, with_health
from segments.models import Segment

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

DAYS = 31  # today and the 30 before it
PER_PAGE = 25
IN_USE = ~Q(state=Segment.State.RETIRED)
MENUS = ("team", "owner", "unit", "state", "health")
REVIEWED_WITHIN = timedelta(days=14)
"""A review that is due in this time, or overdue, is up."""


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
            _("Needs attention"), Q(health__in=NEEDS_ATTENTION), _("Every live segment has a fresh number")
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
class Chip:
    """One value of a filter that is set; `box` is the id of its tick box, `without` the address without it."""

    label: str
    value: str
    box: str
    without: str


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
        "filters": filters,
        "table": table,
        "view": view,
        "nothing": "" if set(query) - {"view", "sort"} else views[view].nothing,
        "chips": chips(filters, query),
        "menus": MENUS,
        "sort": sort,
    }
    if wants_fragment(request):
        return with_address(request, render(request, "segments/fragment.html", context), query)
    counts = count_views(segments, views)
    context |= {"views": [(key, views[key].name, counts[key]) for key in views], "total": counts["all"]}
    return render(request, "segments/list.html", context)


def with_address(request: Request, fragment: HttpResponse, query: QueryDict) -> HttpResponse:
    """Have the browser show the address of what it shows; letters typed one after the other are one step back."""
    address = f"{request.path}?{query.urlencode()}" if query else request.path
    before = QueryDict(urlsplit(request.htmx.current_url or "").query)
    is_typing = bool(before.get("q") and query.get("q")) or before == query
    return replace_url(fragment, address) if is_typing else push_url(fragment, address)


def catalogue(actor: Actor) -> QuerySet[Any]:
    """Every segment that the actor may know of, with its health, its uses, team, owner and published version."""
    return with_uses(with_health(selectors.segments(actor=actor).select_related("team", "owner", "published")))


def turn_to(table: SegmentTable, page: str) -> None:
    """Show this page; the first for what is no number, the last for a number too high."""
    try:
        table.paginate(page=page, per_page=PER_PAGE)
    except PageNotAnInteger:
        table.paginate(page=1, per_page=PER_PAGE)
    except EmptyPage:
        table.paginate(page=table.paginator.num_pages, per_page=PER_PAGE)


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


def meaningful(query: QueryDict) -> QueryDict:
    """The query without empty values and without the page: what the address should keep."""
    kept = QueryDict(mutable=True)
    for key, values in query.lists():
        given = [value for value in values if value]
        if given and key != "page" and (key, given) != ("view", ["all"]):
            kept.setlist(key, given)
    return kept


def chips(filters: SegmentFilter, query: QueryDict) -> list[Chip]:
    """A chip per value that is ticked, in the order of the filters."""
    found = []
    for name in MENUS:
        field = filters.form[name]
        for box in field.subwidgets:
            value = str(box.data["value"])
            if value in query.getlist(name):
                without = query.copy()
                without.setlist(name, [other for other in query.getlist(name) if other != value])
                label = str(box.choice_label)
                found.append(Chip(str(field.label), label, box.id_for_label, without.urlencode()))
    return found
