"""The data map: source → traits and events → what depends on them, as one table with filters."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from accounts.actors import actor_of
from lib import clock
from pages.data_words import shown
from profiles.datamap import selectors
from profiles.datamap.rows import Row
from profiles.models import Serves, Source, Status

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

PER_PAGE = 50
KINDS = {
    "profile": _("Traits of people"),
    "company": _("Traits of companies"),
    "event": _("Events"),
    "property": _("Properties"),
}
Rule = Callable[[Row], bool]
VIEWS: Mapping[str, tuple["str | _StrPromise", Rule]] = {
    "all": (_("Everything"), lambda row: row.entry.status != Status.HIDDEN),
    "attention": (_("Stale or thinning"), lambda row: bool(row.findings)),
    "used-low": (
        _("Used and under 40 %"),
        lambda row: bool(row.uses) and row.coverage is not None and row.coverage.is_low,
    ),
    "unused": (_("Not used by anything"), lambda row: not row.uses and row.entry.status != Status.HIDDEN),
    "new": (_("New"), lambda row: row.entry.status == Status.NEW),
    "hidden": (_("Hidden"), lambda row: row.entry.status == Status.HIDDEN),
}


def data_map(request: HttpRequest) -> HttpResponse:
    """`?view=` is a saved view; `q`, `kind`, `source`, `serves` and `segment`, which depends on it, narrow it."""
    now = clock.now()
    rows = selectors.data_map(actor=actor_of(request), now=now)
    asked = request.GET.get("view", "all")
    view = asked if asked in VIEWS else "all"
    found = [row for row in rows if VIEWS[view][1](row) and _meets(row, request.GET)]
    page = Paginator([shown(row, now) for row in found], PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "here": "data-map",
        "page": page,
        "total": len(found),
        "is_empty": not rows,
        "view": view,
        "views": [(key, name, sum(map(rule, rows))) for key, (name, rule) in VIEWS.items()],
        "cards": cards(rows),
        "kinds": KINDS.items(),
        "models": Serves.choices,
        "asked": request.GET,
        "query": query.urlencode(),
        "measured_at": max((row.measured_at for row in rows if row.measured_at), default=None),
        "now": now,
    }
    return render(request, "data/map.html", context)


def cards(rows: Sequence[Row]) -> list[dict[str, object]]:
    """Each source with what it brings, by name; those that bring nothing too."""
    found = []
    for source in Source.objects.all():
        theirs = [row for row in rows if row.source == source]
        found.append(
            {
                "source": source,
                "rows": len(theirs),
                "new": sum(row.entry.status == Status.NEW for row in theirs),
                "findings": sum(bool(row.findings) for row in theirs),
                "newest": max((row.newest for row in theirs if row.newest), default=None),
            }
        )
    return found


def _meets(row: Row, asked: QueryDict) -> bool:
    text = f"{row.title} {row.name.name} {row.name.key} {row.entry.description}".lower()
    return (
        all(word in text for word in asked.get("q", "").lower().split())
        and asked.get("kind", "") in ("", row.kind)
        and asked.get("source", "") in ("", row.source.key if row.source else "none")
        and asked.get("serves", "") in ("", row.entry.serves or "none")
        and (not asked.get("segment") or any(use.kind == "segment" and use.key == asked["segment"] for use in row.uses))
    )
