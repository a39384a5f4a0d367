"""The page of one company: what is known of it, the segments it is in and why, and its people."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.actors import actor_of
from lib import clock
from lib.htmx import Request
from pages.customers import hidden, segments_of, sent_of, traits_of, why_of
from profiles import selectors
from profiles.disclosures import disclose
from profiles.models import Unit
from segments.rules import catalogue as rules

PEOPLE_PER_PAGE = 25


def company_page(request: Request, external_id: str) -> HttpResponse:
    """One company, by its external id."""
    if refused := hidden(request, "profiles"):
        return refused
    actor = actor_of(request)
    company = get_object_or_404(selectors.companies(actor=actor), external_id=external_id)
    people = Paginator(selectors.profiles(actor=actor).filter(company=company).order_by("pk"), PEOPLE_PER_PAGE)
    people.count = company.people
    page = people.get_page(request.GET.get("page"))
    disclose(actor=actor, what="company", number=1 + len(page.object_list), target=company)
    context = {
        "here": "profiles",
        "company": company,
        "page": page,
        "segments": segments_of(actor, Unit.COMPANY, company.pk),
        "traits": traits_of(Unit.COMPANY, company.traits),
        "now": clock.now(),
    }
    return render(request, "customers/company.html", context)


def company_sent(request: Request, pk: int) -> HttpResponse:
    """What the tools have of this company."""
    company = get_object_or_404(selectors.companies(actor=actor_of(request)), pk=pk)
    return sent_of(request, Unit.COMPANY, company)


def company_why(request: Request, pk: int, key: str) -> HttpResponse:
    """Why this company is or is not in a segment."""
    return why_of(request, rules.Unit.COMPANY, pk, key)
