"""What one person agrees to: shown on their page with who said what when, and changed on a page of its own."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts import policy
from accounts.actors import actor_of
from accounts.policy import Action
from lib import clock
from lib.htmx import Request
from pages.customers import hidden
from pages.styled import style
from profiles import selectors, services
from profiles.disclosures import disclose
from profiles.models import EVERY_CHANNEL, Channel, Consent, Profile

CHANNELS = [(EVERY_CHANNEL, lazy("every channel")), *Channel.choices]
MOST_HISTORY = 200


class SaidForm(forms.Form):
    """One thing that a person has said."""

    channel = forms.ChoiceField(label=lazy("Channel"), choices=Channel.choices)
    state = forms.ChoiceField(
        label=lazy("What they said"),
        choices=[(Consent.State.GRANTED, lazy("They agree")), (Consent.State.DENIED, lazy("They do not agree"))],
    )
    source = forms.CharField(
        label=lazy("Where they said it"), max_length=100, help_text=lazy("A form, a call, a letter and its date.")
    )


class SuppressForm(forms.Form):
    """By what not to contact a person, and why."""

    channel = forms.ChoiceField(label=lazy("By"), choices=CHANNELS)
    reason = forms.CharField(label=lazy("Why"), max_length=1000)
    source = forms.CharField(label=lazy("Where it comes from"), max_length=100)


class LiftForm(forms.Form):
    """Which suppression ends, and why."""

    channel = forms.ChoiceField(choices=CHANNELS, widget=forms.HiddenInput)
    reason = forms.CharField(label=lazy("Why it ends"), max_length=1000)
    source = forms.CharField(label=lazy("Where it comes from"), max_length=100)


def standing_of(request: Request, person: Profile) -> dict[str, Any]:
    """What the panel of the person's page needs."""
    actor = actor_of(request)
    standings = selectors.consent_of(actor=actor, profile=person)
    forbidden = {row.channel: row for each in standings for row in each.suppressions}
    return {
        "standings": standings,
        "suppressions": list(forbidden.values()),
        "may_record": policy.allows(actor, Action.RECORD_CONSENT),
        "may_erase": policy.allows(actor, Action.ERASE),
    }


def consent_page(request: Request, pk: int) -> HttpResponse:
    """What somebody agrees to, all that was written down, and the forms; takes what they have said now."""
    return _changed(request, pk, SaidForm, _record)


def suppress_person(request: Request, pk: int) -> HttpResponse:
    """The same page, with a person to suppress."""
    return _changed(request, pk, SuppressForm, services.suppress)


def lift_suppression(request: Request, pk: int) -> HttpResponse:
    """The same page, with a suppression that ends."""
    return _changed(request, pk, LiftForm, services.lift_suppression)


def _record(*, channel: str, state: str, **about: Any) -> None:
    services.set_consent(states={channel: state}, **about)


def _changed(request: Request, pk: int, form: type[forms.Form], service: Callable[..., object]) -> HttpResponse:
    if refused := hidden(request, "profiles"):
        return refused
    actor = actor_of(request)
    person = get_object_or_404(selectors.identified(actor=actor), pk=pk)
    given = form(request.POST) if request.method == "POST" else None
    if given is not None and given.is_valid():
        try:
            service(actor=actor, profile=person, **given.cleaned_data)
        except ValidationError as error:
            messages.error(request, error.messages[0])
        else:
            messages.success(request, _("It is on record, and holds for what is sent from now on."))
        return redirect("profile-consent", pk)
    return _page(request, person, given)


def _page(request: Request, person: Profile, given: forms.Form | None) -> HttpResponse:
    actor = actor_of(request)
    disclose(actor=actor, what="consent", number=1, target=person)
    shown = {kind: given if isinstance(given, kind) else kind() for kind in (SaidForm, SuppressForm)}
    for form in shown.values():
        style(form)
    lift = given if isinstance(given, LiftForm) else LiftForm()
    style(lift)
    context: dict[str, Any] = {
        "here": "profiles",
        "person": person,
        "history": selectors.consent_history(actor=actor, profile=person)[:MOST_HISTORY],
        "said": shown[SaidForm],
        "suppress": shown[SuppressForm],
        "lift": lift,
        "now": clock.now(),
        **standing_of(request, person),
    }
    return render(request, "customers/consent_page.html", context)
