"""Who is in a segment and since when, for those who may see personal data."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from pyroaring import BitMap64
from rest_framework.exceptions import ValidationError

from accounts import policy
from accounts import selectors as staff
from accounts.actors import Actor, actor_of
from accounts.policy import Action
from lib.htmx import Request
from lib.rest.streams import csv_file
from pages.segment_frame import frame, segment_of
from profiles import selectors as customers
from profiles.disclosures import disclose
from profiles.models import Unit
from segments import membership, selectors
from segments.api import paging
from segments.members import find_members
from segments.models import Run
from segments.moves import Since, since
from segments.rosters import COLUMN, every_name
from segments.rules import catalogue as rules

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Member:
    """One row: a profile of `profiles.selectors`, or a company, and since when it is a member, where that is known."""

    customer: Any
    since: Since | None


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one run; `following` is the cursor of the next page, empty on the last."""

    rows: Sequence[Member]
    following: str = ""


def segment_members(request: Request, key: str) -> HttpResponse:
    """A page of members, or the one who is looked for; without the permission, whom to ask for it.

    What is looked for comes in the body, since addresses of pages are written to logs.
    """
    segment, actor = segment_of(request, key), actor_of(request)
    context: dict[str, Any] = {**frame(request, segment, "segment-members")}
    if not policy.allows(actor, Action.READ_PERSONAL):
        context["administrators"] = staff.administrators(actor=actor)
        return render(request, "segments/members_hidden.html", context)
    asked = request.POST.get("q", "").strip()
    if asked:
        context |= {"q": asked, **_found(actor, segment, asked)}
    else:
        context["page"] = _page(actor, segment, request.GET.get("cursor", ""))
    return render(request, "segments/members.html", context)


def segment_members_file(request: Request, key: str) -> StreamingHttpResponse:
    """All members as a CSV file, as the API streams it."""
    actor = actor_of(request)
    policy.require(actor, Action.READ_MEMBERS)
    segment = get_object_or_404(selectors.segments(actor=actor).select_related("team"), key=key)
    names = every_name(actor=actor, segment=segment)
    return csv_file(f"{segment.key}.csv", [COLUMN], ([name] for name in names))


def _page(actor: Actor, segment: Any, cursor: str) -> Page:
    """The members behind a cursor, all pages of one run; the first page for a cursor that is not ours."""
    try:
        place = paging.read_place(cursor) if cursor else None
        stored = paging.stored(segment, place.run) if place else _latest(segment)
    except ValidationError:
        place, stored = None, _latest(segment)
    ids, is_more = paging.behind(stored.members, place.after if place else -1, PER_PAGE)
    following = paging.Place(stored.run.pk, ids[-1]).written() if stored.run and is_more else ""
    return Page(_rows(actor, segment, ids), following)


def _latest(segment: Any) -> paging.Stored:
    """What the last good run has left, which `segment_of` has found already."""
    if segment.good_id is None:
        return paging.Stored(None, BitMap64())
    run = Run(pk=segment.good_id, segment_id=segment.pk, finished_at=segment.good_finished_at)
    return paging.Stored(run, membership.at_run(run))


def _found(actor: Actor, segment: Any, name: str) -> dict[str, Any]:
    """The one with exactly this name: as a member, or as somebody who is none."""
    found = find_members(rules.Unit(segment.unit), [name]).get(name)
    if found is None:
        return {"page": Page([])}
    rows = _rows(actor, segment, [found])
    if membership.contains(segment.pk, found):
        return {"page": Page(rows)}
    return {"page": Page([]), "outside": rows[0].customer if rows else None}


def _rows(actor: Actor, segment: Any, ids: Sequence[int]) -> list[Member]:
    """In the order of ids; on record before they are shown."""
    disclose(actor=actor, what="members", number=len(ids), target=segment, team=segment.team)
    ask = customers.profiles if segment.unit == Unit.PROFILE else customers.companies
    moments = since(segment.pk, ids)
    rows = ask(actor=actor).filter(pk__in=ids).order_by("pk")
    return [Member(customer, moments.get(customer.pk)) for customer in rows]
