"""A dry run: what a sync of an activation would do now, by the engine's own plan, without sending anything."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.core.exceptions import ValidationError
from pyroaring import BitMap64

from accounts import policy
from accounts.actors import Actor
from accounts.policy import Action
from activations import checks, columns
from activations.engine import audience, plan
from activations.engine.errors import RefusedError
from activations.engine.plan import Plan
from activations.models import Activation, Delivery


@dataclass(frozen=True, slots=True)
class Loss:
    """How many members a step of the funnel holds back, and who these are in words."""

    lost: int
    who: str


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Numbers of people (or companies). `funnel` is as on a run, from the members to the audience.

    `held_back`: refused before and unchanged since, so not sent again. `asks`: the run would stop and ask a person.
    """

    funnel: list[dict[str, Any]]
    added: int
    updated: int
    removed: int
    unchanged: int
    held_back: int
    asks: bool
    note: str
    losses: list[Loss]

    @property
    def members(self) -> int:
        return int(self.funnel[0]["left"])

    @property
    def audience(self) -> int:
        return int(self.funnel[-1]["left"])


def rehearse(*, actor: Actor, activation: Activation) -> Rehearsal:
    """The numbers of an activation as it is in memory: one that was changed, or that was never saved.

    Call it outside of a transaction, since the plan reads one snapshot. Raises `PermissionDenied` for who may not edit,
    and `ValidationError` by field for what could not be saved either, or for a segment without members to go by.
    """
    policy.require(actor, Action.EDIT, activation.connection.team)
    checks.check(activation)
    mapping = columns.parse(activation.columns)
    try:
        made = plan.make(activation, mapping)
    except RefusedError as error:
        raise ValidationError(str(error), code=error.code) from error
    return _told(activation, made, mapping)


def _losses(activation: Activation, funnel: list[dict[str, Any]], mapping: audience.Mapped) -> list[Loss]:
    who = {step.code: step.others(activation, mapping) for step in audience.steps_of(activation)}
    return [
        Loss(before["left"] - step["left"], who.get(step["step"], f"not {step['label']}"))
        for before, step in pairwise(funnel)
        if before["left"] != step["left"]
    ]


def _told(activation: Activation, made: Plan, mapping: audience.Mapped) -> Rehearsal:
    there = Delivery.objects.filter(activation_id=activation.pk, delivered_at__isnull=False)
    updated = len(made.to_send & BitMap64(there.values_list("member", flat=True).iterator()))
    removed = len(made.removals)
    return Rehearsal(
        funnel=made.audience.funnel,
        added=len(made.to_send) - updated,
        updated=updated,
        removed=removed,
        unchanged=len(made.audience.members) - len(made.to_send) - made.refused,
        held_back=made.refused,
        asks=removed * 100 > made.present * activation.removal_limit,
        note=made.audience.note,
        losses=_losses(activation, made.audience.funnel, mapping),
    )
