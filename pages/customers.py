"""What the pages of a person and of a company share: traits with their labels, segments with since when, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts import policy
from accounts import selectors as staff
from accounts.actors import Actor, actor_of
from accounts.policy import Action
from activations.whereabouts import whereabouts
from lib import clock
from lib.htmx import Request
from profiles.disclosures import disclose
from profiles.models import Company, Profile, TraitDefinition
from segments import selectors
from segments.engine import EngineError, Why, why
from segments.engine.preview import SECONDS
from segments.explanations import OUTSIDE
from segments.models import Segment
from segments.moves import Move, moves_of
from segments.presence import Presence, presence
from segments.registry import load_labels, load_seen_catalogue
from segments.rules.catalogue import Unit
from segments.rules.errors import DefinitionErrors
from segments.rules.parse import parse


@dataclass(frozen=True, slots=True)
class Trait:
    """One trait of the catalogue with the value that this customer has."""

    definition: TraitDefinition
    value: Any

    @property
    def label(self) -> str:
        return self.definition.label or self.definition.key


@dataclass(frozen=True, slots=True)
class Traits:
    """What is known, and the labels of what is not, both by label."""

    known: Sequence[Trait]
    missing: Sequence[str]


def traits_of(unit: str, values: Mapping[str, Any]) -> Traits:
    """The catalogue's traits of a unit, with one customer's values."""
    definitions = TraitDefinition.objects.filter(unit=unit).select_related("source")
    traits = [Trait(definition, values.get(definition.key)) for definition in definitions]
    traits.sort(key=lambda trait: trait.label.casefold())
    return Traits(
        [trait for trait in traits if trait.value is not None], [trait.label for trait in traits if trait.value is None]
    )


@dataclass(frozen=True, slots=True)
class Stay:
    """A segment that the customer is in; `since` is None where nothing stored says when they came."""

    segment: Segment
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Segments:
    """The segments that a customer is in and is not in, and when they came and went, newest first."""

    inside: Sequence[Stay]
    outside: Sequence[Segment]
    moves: Sequence[Move]


def segments_of(actor: Actor, unit: str, member: int) -> Segments:
    """In two queries. Raises `PermissionDenied`."""
    found: list[Presence] = presence(actor=actor, unit=unit, member=member)
    moves = moves_of([each.segment.pk for each in found], member)
    entries: dict[int, datetime] = {}
    for move in moves:
        if move.is_entry:
            entries.setdefault(move.segment_id, move.at)
    inside = [Stay(each.segment, entries.get(each.segment.pk)) for each in found if each.is_member]
    return Segments(inside, [each.segment for each in found if not each.is_member], moves)


def hidden(request: Request, here: str) -> HttpResponse | None:
    """In place of a customer, for who may not see personal data: whom to ask. None for who may."""
    actor = actor_of(request)
    if policy.allows(actor, Action.READ_PERSONAL):
        return None
    context = {"here": here, "administrators": staff.administrators(actor=actor)}
    return render(request, "customers/hidden.html", context, status=403)


def sent_of(request: Request, unit: str, customer: Profile | Company) -> HttpResponse:
    """The fragment that says what the tools of the reader's teams have of one customer."""
    actor = actor_of(request)
    policy.require(actor, Action.READ_PERSONAL)
    found = whereabouts(actor=actor, unit=unit, member=customer.pk)
    disclose(actor=actor, what="deliveries", number=1, target=customer)
    return render(request, "customers/sent.html", {"found": found, "now": clock.now()})


def why_of(request: Request, unit: Unit, member: int, key: str) -> HttpResponse:
    """The fragment that says, condition by condition, why a customer is or is not in a segment as of now."""
    actor = actor_of(request)
    policy.require(actor, Action.READ_PERSONAL)
    rows = selectors.segments(actor=actor).filter(unit=unit.value).select_related("published", "team")
    segment = get_object_or_404(rows, key=key)
    if segment.published is None:
        raise Http404
    disclose(actor=actor, what="explanation", number=1, target=segment, team=segment.team)
    context: dict[str, Any] = {"segment": segment, "outside": OUTSIDE[unit]}
    try:
        context["why"] = _why(actor, segment, member)
    except (DefinitionErrors, EngineError) as error:
        context["error"] = error
    return render(request, "customers/why.html", context)


def _why(actor: Actor, segment: Segment, member: int) -> Why:
    """Raises `DefinitionErrors` for a rule that no longer fits the catalogue, and `EngineError`."""
    assert segment.published is not None
    catalogue = load_seen_catalogue(actor)
    definition = parse(segment.published.definition, catalogue, default_timezone=settings.TIME_ZONE, key=segment.key)
    return why(definition, member, catalogue=catalogue, labels=load_labels(), seconds=SECONDS)
