"""What all lists with filters share: pages of rows, chips of the filters that are set, addresses with their state."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import django_tables2 as tables
from django.core.paginator import EmptyPage, PageNotAnInteger
from django.http import HttpResponse, QueryDict
from django_filters import FilterSet
from django_htmx.http import push_url, replace_url

from lib.htmx import Request

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class Listing:
    """What the templates below ``listing/`` need of a list: its address, the words of its search, and two templates."""

    path: str
    search: "str | _StrPromise"
    count: str
    results: str


@dataclass(frozen=True, slots=True)
class Chip:
    """One value of a filter that is set; `box` is the id of its tick box, `without` the address without it."""

    label: str
    value: str
    box: str
    without: str


def turn_to(table: tables.Table, page: str) -> None:
    """Show this page; the first for what is no number, the last for a number too high."""
    try:
        table.paginate(page=page, per_page=PER_PAGE)
    except PageNotAnInteger:
        table.paginate(page=1, per_page=PER_PAGE)
    except EmptyPage:
        table.paginate(page=table.paginator.num_pages, per_page=PER_PAGE)


def with_address(request: Request, fragment: HttpResponse, query: QueryDict) -> HttpResponse:
    """Have the browser show the address of what it shows; letters typed one after the other are one step back."""
    address = f"{request.path}?{query.urlencode()}" if query else request.path
    before = QueryDict(urlsplit(request.htmx.current_url or "").query)
    is_typing = bool(before.get("q") and query.get("q")) or before == query
    return replace_url(fragment, address) if is_typing else push_url(fragment, address)


def meaningful(query: QueryDict) -> QueryDict:
    """The query without empty values and without the page: what the address should keep."""
    kept = QueryDict(mutable=True)
    for key, values in query.lists():
        given = [value for value in values if value]
        if given and key != "page" and (key, given) != ("view", ["all"]):
            kept.setlist(key, given)
    return kept


def chips(filters: FilterSet, menus: Sequence[str], query: QueryDict) -> list[Chip]:
    """A chip per value that is ticked, in the order of the filters."""
    found = []
    for name in menus:
        field = filters.form[name]
        for box in field.subwidgets:
            value = str(box.data["value"])
            if value in query.getlist(name):
                without = query.copy()
                without.setlist(name, [other for other in query.getlist(name) if other != value])
                label = str(box.choice_label)
                found.append(Chip(str(field.label), label, box.id_for_label, without.urlencode()))
    return found
