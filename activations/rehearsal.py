"""A dry run: what a sync of an activation would do now, by the engine's own plan, without sending anything."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from pyroaring import BitMap64

from accounts import policy
from accounts.actors import Actor
from accounts.policy import Action
from activations import checks, columns
from activations.engine import plan
from activations.engine.errors import RefusedError
from activations.engine.plan import Plan
from activations.models import Activation, Delivery


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

    @property
    def losses(self) -> list[dict[str, Any]]:
        """The steps that hold somebody back: whom they keep (`label`), and how many they do not (`lost`)."""
        pairs = zip(self.funnel, self.funnel[1:], strict=False)
        steps = [{"label": step["label"], "lost": before["left"] - step["left"]} for before, step in pairs]
        return [step for step in steps if step["lost"]]

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
    try:
        made = plan.make(activation, columns.parse(activation.columns))
    except RefusedError as error:
        raise ValidationError(str(error), code=error.code) from error
    return _told(activation, made)


def _told(activation: Activation, made: Plan) -> Rehearsal:
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
    )
