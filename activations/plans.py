"""The plan of a definition as a document, for the API and the command: what changes for whom, in numbers."""

from typing import Any

from accounts import policy
from accounts.actors import Actor
from accounts.policy import Action
from activations.outlook import ActivationEffect, effects_on_activations
from profiles.disclosures import disclose
from segments.external_ids import names_of
from segments.planning import Effect, Outlook, breakdown
from segments.rules.catalogue import Unit

SAMPLE = 5


def describe(outlook: Outlook, *, actor: Actor, by: str | None) -> dict[str, Any]:
    """The plan as a JSON document; `by` is the trait that it is broken down by. Samples are for who may see members."""
    own, activations = outlook.own, effects_on_activations(actor=actor, effects=outlook.effects)
    unit = Unit(own.segment.unit)
    shares = breakdown(unit, by, own.entered, own.left) if by else []
    return {
        "as_of": outlook.as_of,
        "milliseconds": round(outlook.milliseconds, 1),
        **_numbers(own),
        "sample": _sample(actor, unit, own),
        "by": by,
        "breakdown": [{"value": each.value, "entered": each.entered, "left": each.left} for each in shares],
        "dependents": [_numbers(each) for each in outlook.dependents],
        "activations": [_activation(each) for each in activations],
        "warnings": warnings(outlook, activations),
    }


def warnings(outlook: Outlook, activations: list[ActivationEffect]) -> list[str]:
    """What should be looked at before publishing."""
    own = outlook.own
    said = [f"“{each.segment.name}” can't be told: {each.failure}" for each in outlook.dependents if each.failure]
    if own.before and not own.after:
        said.append("Nobody would be a member any more.")
    for each in activations:
        if each.asks:
            said.append(
                f"“{each.activation.name}” would remove {each.removed:,} of {each.present:,}, more than its limit of "
                f"{each.activation.removal_limit} %: its sync stops and asks a person first."
            )
    return said


def _numbers(effect: Effect) -> dict[str, Any]:
    return {
        "segment": effect.segment.key,
        "before": len(effect.before),
        "after": len(effect.after),
        "entered": len(effect.entered),
        "left": len(effect.left),
        "failure": effect.failure,
    }


def _activation(effect: ActivationEffect) -> dict[str, Any]:
    return {
        "activation": effect.activation.key,
        "segment": effect.activation.segment.key,
        "state": effect.activation.state,
        "present": effect.present,
        "added": effect.added,
        "removed": effect.removed,
        "asks": effect.asks,
    }


def _sample(actor: Actor, unit: Unit, effect: Effect) -> dict[str, list[str]] | None:
    if not policy.allows(actor, Action.READ_MEMBERS):
        return None
    entered, left = list(effect.entered[:SAMPLE]), list(effect.left[:SAMPLE])
    disclose(actor=actor, what="sample", number=len(entered) + len(left), target=effect.segment)
    return {"entered": names_of(unit, entered), "left": names_of(unit, left)}
