"""The catalogue of segments: saved views, search, filters, and one row per segment."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import EmptyPage, PageNotAnInteger
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django_htmx.http import push_url

from lib import clock
from lib.htmx import Request, wants_fragment
from pages import sparkline
from pages.tables import SegmentTable
from pages.uses import referrals, with_uses
from segments import history
from segments.filters import SegmentFilter
from segments.health import NEEDS_ATTENTION, HealthWords, in_words, with_health
from segments.models import Segment

DAYS = 31  # today and the 30 before it
PER_PAGE = 25
IN_USE = ~Q(state=Segment.State.RETIRED)
MENUS = ("team", "owner", "state", "health")


def rules_of_views(named: Collection[str]) -> dict[str, tuple[Any, Q]]:
    """The saved views: name and rule by key. `named` are the keys of segments that other definitions name."""
    return {
        "all": (_("All segments"), Q()),
        "attention": (_("Needs attention"), Q(health__in=NEEDS_ATTENTION)),
        "unused": (_("Not used by anything"), IN_USE & Q(activations=0) & ~Q(key__in=named)),
        "no-owner": (_("No owner"), IN_USE & Q(owner=None)),
    }


@dataclass(frozen=True, slots=True)
class SavedView:
    """A filter that has a name: how many segments it holds, and whether it is the one shown."""

    key: str
    name: str
    count: int
    is_current: bool


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
    rules = rules_of_views(named)
    asked = request.GET.get("view", "all")
    view = asked if asked in rules else "all"
    segments = catalogue()
    filters = SegmentFilter(request.GET, queryset=segments.filter(rules[view][1]), request=request)
    table = SegmentTable(filters.qs, order_by=request.GET.getlist("sort") or "-members", request=request)
    turn_to(table, request.GET.get("page", "1"))
    decorate(table.page.object_list.data, named, now)
    query = meaningful(request.GET)
    context = {
        "filters": filters,
        "table": table,
        "view": view,
        "chips": chips(filters, query),
        "menus": MENUS,
        "sort": request.GET.getlist("sort"),
    }
    if wants_fragment(request):
        fragment = render(request, "segments/fragment.html", context)
        return push_url(fragment, f"{request.path}?{query.urlencode()}" if query else request.path)
    return render(request, "segments/list.html", context | {"views": saved_views(segments, rules, view)})


def catalogue() -> QuerySet[Any]:
    """Every segment with its health, its uses, team, owner and published version."""
    return with_uses(with_health(Segment.objects.select_related("team", "owner", "published")))


def turn_to(table: SegmentTable, page: str) -> None:
    """Show this page; the first for what is no number, the last for a number too high."""
    try:
        table.paginate(page=page, per_page=PER_PAGE)
    except PageNotAnInteger:
        table.paginate(page=1, per_page=PER_PAGE)
    except EmptyPage:
        table.paginate(page=table.paginator.num_pages, per_page=PER_PAGE)


def saved_views(segments: QuerySet[Any], rules: Mapping[str, tuple[Any, Q]], current: str) -> list[SavedView]:
    """The saved views with their counts, in one query."""
    counts = segments.aggregate(**{key: Count("pk", filter=rule) for key, (_name, rule) in rules.items()})
    return [SavedView(key, str(name), counts[key], key == current) for key, (name, _rule) in rules.items()]


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
        if key != "page" and (key, values) != ("view", ["all"]):
            kept.setlist(key, [value for value in values if value])
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
