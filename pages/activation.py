"""The page of one activation: what it does in words, what is over there, its runs; and what people do with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts import policy
from accounts.actors import Actor, actor_of
from accounts.policy import Action
from activations import selectors, services
from activations.columns import FixedColumn, IdentifierColumn, Source, TraitColumn, parse
from activations.destinations import kinds
from activations.destinations.base import Policy
from activations.models import Activation, Delivery, SyncRun
from lib import clock
from lib.htmx import Request
from pages.activations import listed
from pages.segment_frame import UNITS
from pages.uses import rhythm
from profiles.models import TraitDefinition, Unit
from segments import health
from segments.models import Segment

RUNS_SHOWN = 25
IDENTIFIERS = {
    "external_id": gettext_lazy("Customer number"),
    "email": gettext_lazy("E-mail address"),
    "phone": gettext_lazy("Phone number"),
}
"""What people call the identifiers."""
POLICIES = {
    Policy.OVERWRITE: gettext_lazy("over what is there"),
    Policy.SET_IF_EMPTY: gettext_lazy("only where nothing is there"),
    Policy.APPEND: gettext_lazy("added to what is there"),
}


@dataclass(frozen=True, slots=True)
class Sent:
    """One column in words: what it holds, and the name of the field over there."""

    label: str
    to: str
    is_key: bool
    ways: list[str]


@dataclass(frozen=True, slots=True)
class OverThere:
    """How many the tool has by our record, how many it refused, and of how many nothing is known yet."""

    present: int
    refused: int
    uncertain: int


def activation_page(request: Request, key: str) -> HttpResponse:
    """Everything about one activation; its mapping, connection and failures for the connection's team."""
    actor = actor_of(request)
    activation = get_object_or_404(listed(actor), key=key)
    is_ours = selectors.shows_details(actor=actor, activation=activation)
    runs = list(runs_of(activation, actor))
    context = {
        "here": "activations",
        "activation": activation,
        "kind": kind_label(activation),
        "rhythm": rhythm(activation),
        "unit": UNITS[Unit(activation.segment.unit)],
        "is_ours": is_ours,
        "may_edit": policy.allows(actor, Action.EDIT, activation.connection.team),
        "sent": sent(activation) if is_ours else (),
        "over_there": over_there(selectors.delivery_counts(actor=actor, activation=activation)) if is_ours else None,
        "runs": runs,
        "open_run": next((run for run in runs if run.state in SyncRun.OPEN), None),
        "blocked": blocked(activation.segment),
        "now": clock.now(),
    }
    return render(request, "activations/page.html", context)


def runs_of(activation: Activation, actor: Actor) -> Any:
    """The latest runs, newest first."""
    return selectors.sync_runs(actor=actor).filter(activation=activation).select_related("actor")[:RUNS_SHOWN]


def kind_label(activation: Activation) -> str:
    """What people call the kind of tool; the name of its folder where that is gone."""
    found = kinds().get(activation.connection.kind)
    return found.label if found else activation.connection.kind


def sent(activation: Activation) -> list[Sent]:
    """The mapping in words, in its order; nothing of one that can't be read."""
    try:
        sources = parse(activation.columns)
    except ValidationError:
        return []
    keys = [source.trait for source in sources if isinstance(source, TraitColumn)]
    known = TraitDefinition.objects.filter(unit=activation.segment.unit, key__in=keys)
    labels = {trait.key: trait.label or trait.key for trait in known}
    first = next((source for source in sources if isinstance(source, IdentifierColumn)), None)
    return [Sent(_label(source, labels), source.to, source is first, _ways(source)) for source in sources]


def _label(source: Source, labels: Mapping[str, str]) -> str:
    match source:
        case IdentifierColumn():
            return _(", otherwise ").join(str(IDENTIFIERS[kind]) for kind in source.kinds)
        case TraitColumn():
            return labels.get(source.trait, source.trait)
        case FixedColumn():
            return _("always “%(value)s”") % {"value": source.value}


def _ways(source: Source) -> list[str]:
    """How a column is written, where it is not as we know it and over what is there."""
    ways = [] if isinstance(source, FixedColumn) or source.form is None else [source.form.label]
    return ways if source.policy == Policy.OVERWRITE else [*ways, str(POLICIES[source.policy])]


def over_there(counts: dict[str, int]) -> OverThere:
    """From the numbers of deliveries by state."""
    return OverThere(
        sum(counts.get(state, 0) for state in Delivery.PRESENT),
        counts.get(Delivery.State.REJECTED, 0),
        sum(counts.get(state, 0) for state in Delivery.UNCERTAIN),
    )


def blocked(segment: Segment) -> str:
    """Why the numbers of the segment are not of now, in words; empty where all is well."""
    row = health.with_health(Segment.objects.filter(pk=segment.pk)).get()
    if row.health not in health.NEEDS_ATTENTION:
        return ""
    return f"{health.in_words(row, clock.now()).reason}."


class Verb(Protocol):
    """A service that does something with an activation."""

    def __call__(self, *, actor: Actor, activation: Activation) -> Any: ...


@require_POST
def pause(request: HttpRequest, key: str) -> HttpResponse:
    """Send nothing until it is resumed."""
    return _done(request, key, services.pause, _("Paused. What is over there stays there."))


@require_POST
def resume(request: HttpRequest, key: str) -> HttpResponse:
    """Go on by the schedule."""
    return _done(request, key, services.resume, _("Resumed."))


@require_POST
def delete(request: HttpRequest, key: str) -> HttpResponse:
    """Forget an activation that has sent nobody."""
    response = _done(request, key, services.delete_activation, _("Deleted. It had sent nobody."))
    if _find(actor_of(request), key) is None:
        return redirect("activation-list")
    return response


@require_POST
def sync_now(request: HttpRequest, key: str) -> HttpResponse:
    """Send now, and lead to the run."""
    return _begun(request, key, services.request_sync)


@require_POST
def send_test(request: HttpRequest, key: str) -> HttpResponse:
    """Send one record, and lead to the run."""
    return _begun(request, key, services.request_test)


@require_POST
def retry_rejected(request: HttpRequest, key: str) -> HttpResponse:
    """Send again what the tool has refused, and lead to the run."""
    return _begun(request, key, services.retry_rejected)


def _begun(request: HttpRequest, key: str, verb: Verb) -> HttpResponse:
    actor = actor_of(request)
    activation = get_object_or_404(_known(actor), key=key)
    try:
        run = verb(actor=actor, activation=activation)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("activation-page", key)
    return redirect("sync-run-page", run.pk)


def _done(request: HttpRequest, key: str, verb: Verb, words: Any) -> HttpResponse:
    actor = actor_of(request)
    try:
        verb(actor=actor, activation=get_object_or_404(_known(actor), key=key))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, words)
    return redirect("activation-page", key)


def _known(actor: Actor) -> Any:
    return selectors.activations(actor=actor).select_related("segment", "connection__team")


def _find(actor: Actor, key: str) -> Activation | None:
    found: Activation | None = _known(actor).filter(key=key).first()
    return found
