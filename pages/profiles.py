"""People: finding one, and the page that says what is known of them, where they are in and why, and what was sent."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.actors import actor_of
from lib import clock
from lib.htmx import Request, wants_fragment
from pages import test_event
from pages.consent import standing_of
from pages.customers import hidden, segments_of, sent_of, traits_of, why_of
from profiles import access, selectors
from profiles.api.access import as_file
from profiles.disclosures import disclose
from profiles.models import Identity, Profile, Unit
from profiles.search import find_people
from segments.rules import catalogue as rules

FOUND_AT_MOST = 25


def profile_list(request: Request) -> HttpResponse:
    """A search; what is looked for is sent in the body, since addresses of pages are written to logs."""
    if refused := hidden(request, "profiles"):
        return refused
    context: dict[str, Any] = {"here": "profiles", "at_most": FOUND_AT_MOST}
    asked = request.POST.get("q", "").strip()
    if asked:
        context |= {"q": asked, "people": _found(request, asked)}
    return render(request, "customers/found.html" if wants_fragment(request) else "customers/search.html", context)


def _found(request: Request, asked: str) -> list[Any]:
    """In the order of the search; on record before they are shown."""
    actor = actor_of(request)
    ids = find_people(actor=actor, text=asked, limit=FOUND_AT_MOST)
    disclose(actor=actor, what="profiles", number=len(ids))
    rows = {row.pk: row for row in selectors.profiles(actor=actor).filter(pk__in=ids)}
    return [rows[pk] for pk in ids if pk in rows]


def profile_page(request: Request, pk: int | None = None, external_id: str = "") -> HttpResponse:
    """One person, by our number or by external id."""
    if refused := hidden(request, "profiles"):
        return refused
    actor = actor_of(request)
    rows = selectors.identified(actor=actor).annotate(looked_at=clock.at_statement())
    person = get_object_or_404(rows, **_named(pk, external_id))
    disclose(actor=actor, what="profile", number=1, target=person)
    context = {
        "here": "profiles",
        "person": person,
        "company": person.company if person.company and person.company.known else None,
        "segments": segments_of(actor, Unit.PROFILE, person.pk),
        "traits": traits_of(Unit.PROFILE, person.traits),
        "form": test_event.form_for(request),
        "now": person.looked_at,
        **standing_of(request, person),
    }
    return render(request, "customers/profile.html", context)


def profile_sent(request: Request, pk: int) -> HttpResponse:
    """What the tools have of this person."""
    return sent_of(request, Unit.PROFILE, get_object_or_404(_people(request), pk=pk))


def profile_everything(request: Request, pk: int) -> StreamingHttpResponse:
    """All that is held about this person, as a file."""
    actor = actor_of(request)
    person = get_object_or_404(Profile.objects.select_related("company"), pk=pk)
    return as_file(pk, access.export(actor=actor, profile=person))


def profile_why(request: Request, pk: int, key: str) -> HttpResponse:
    """Why this person is or is not in a segment."""
    return why_of(request, rules.Unit.PROFILE, pk, key)


def _people(request: Request) -> QuerySet[Any]:
    return selectors.profiles(actor=actor_of(request))


def _named(pk: int | None, external_id: str) -> dict[str, Any]:
    if pk is not None:
        return {"pk": pk}
    named = Identity.objects.filter(kind=Identity.Kind.EXTERNAL_ID, value=external_id)
    return {"pk__in": named.values("profile")}
