"""What publishing a version would change, as a part of its page: it is evaluated while the rest is read."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render

from accounts import policy
from accounts.actors import Actor, actor_of
from accounts.policy import Action
from activations import plans
from activations.outlook import effects_on_activations
from lib.htmx import Request
from pages.builder import sample
from pages.segment_versions import version_of
from segments import services
from segments.discretion import may_break_down
from segments.engine import EngineError
from segments.models import SegmentVersion
from segments.planning import Outlook, breakdown, look_ahead
from segments.planning.breakdown import TYPES
from segments.registry import load_catalogue, load_labels
from segments.rules.catalogue import Catalogue, Unit
from segments.rules.documents import Loaded
from segments.rules.errors import DefinitionErrors
from segments.rules.words.labels import name_of


def segment_plan(request: Request, key: str, number: int) -> HttpResponse:
    """Who enters and leaves, what follows for other segments and for activations; `?by=` names a trait."""
    version, actor = version_of(request, key, number), actor_of(request)
    policy.require_anywhere(actor, Action.READ)
    context: dict[str, Any] = {"version": version, "segment": version.segment}
    try:
        services.checked(version.segment, Loaded(version.definition), actor=actor)
        outlook = look_ahead(version.segment, version.definition, actor=actor)
    except (DefinitionErrors, EngineError, PermissionDenied) as error:
        return render(request, "segments/plan.html", context | {"failure": str(error)})
    return render(request, "segments/plan.html", context | _told(request, version, outlook))


def _told(request: Request, version: SegmentVersion, outlook: Outlook) -> dict[str, Any]:
    actor, own, unit = actor_of(request), outlook.own, Unit(version.segment.unit)
    traits = _traits(actor, load_catalogue(), unit)
    by = request.GET.get("by", "")
    activations = effects_on_activations(actor=actor, effects=outlook.effects)
    some = plans.SAMPLE
    return {
        "outlook": outlook,
        "activations": activations,
        "warnings": plans.warnings(outlook, activations),
        "traits": traits,
        "by": by,
        "shares": breakdown(unit, by, own.entered, own.left) if by in traits else [],
        "entering": sample.members(version.definition, unit, list(own.entered[:some]), actor),
        "leaving": sample.members(version.definition, unit, list(own.left[:some]), actor),
    }


def _traits(actor: Actor, catalogue: Catalogue, unit: Unit) -> dict[str, str]:
    """The traits that it can be broken down by, with what they are called."""
    labels = load_labels()
    known = labels.profile_traits if unit is Unit.PROFILE else labels.company_traits
    fields = catalogue.traits(unit).items()
    return {key: name_of(key, known) for key, field in fields if field.type in TYPES and may_break_down(actor, field)}
