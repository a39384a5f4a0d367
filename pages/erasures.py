"""Erasing one person: a page that asks first, and the receipts."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts import policy
from accounts.actors import actor_of
from accounts.policy import Action
from lib.htmx import Request, wants_fragment
from pages.styled import style
from profiles import followers, selectors, services
from profiles.disclosures import disclose
from profiles.erasure.remains import remains_of
from profiles.models import Erasure

PER_PAGE = 50


class EraseForm(forms.Form):
    """Somebody means it."""

    number = forms.IntegerField(label=lazy("The number of this person"))


def erase_person(request: Request, pk: int) -> HttpResponse:
    """Asks first, saying what happens; then erases."""
    actor = actor_of(request)
    policy.require(actor, Action.ERASE)
    person = get_object_or_404(selectors.identified(actor=actor), pk=pk)
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["number"] == pk:
            return _erase(request, person)
        form.add_error("number", _("This is not the number of this person."))
    style(form)
    disclose(actor=actor, what="profile", number=1, target=person)
    there = [remain for ask in followers.of_remains for remain in ask(pk)]
    context = {"here": "profiles", "person": person, "form": form, "there": there}
    return render(request, "erasures/ask.html", context)


def erasure_list(request: Request) -> HttpResponse:
    """All of them, the newest first."""
    rows = selectors.erasures(actor=actor_of(request))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "erasures/list.html", {"here": "operations", "page": page})


def erasure_page(request: Request, number: int) -> HttpResponse:
    """One receipt; looks for news as long as there can be any."""
    erasure = get_object_or_404(selectors.erasures(actor=actor_of(request)), pk=number)
    context: dict[str, Any] = {
        "here": "operations",
        "erasure": erasure,
        "steps": erasure.steps.all(),
        "remains": remains_of(erasure),
        "is_open": erasure.state in Erasure.OPEN,
    }
    return render(request, "erasures/receipt.html" if wants_fragment(request) else "erasures/page.html", context)


def _erase(request: Request, person: Any) -> HttpResponse:
    try:
        erasure = services.erase(actor=actor_of(request), profile=person)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("profile-list")
    messages.success(request, _("Nobody sees them any more. What is left is being removed."))
    return redirect("erasure-page", erasure.pk)
