"""What activations would send and take back if a segment were defined otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass

from pyroaring import BitMap64

from accounts.actors import Actor
from activations import columns, selectors
from activations.engine import audience
from activations.models import Activation, Delivery
from segments.planning import Effect


@dataclass(frozen=True, slots=True)
class ActivationEffect:
    """Numbers of people (or companies), by who is over there now. `asks`: so many would be removed that the sync
    would stop and ask a person first (I11)."""

    activation: Activation
    present: int
    added: int
    removed: int
    asks: bool


def effects_on_activations(*, actor: Actor, effects: Sequence[Effect]) -> list[ActivationEffect]:
    """The effect on each activation, of which the actor may know, of the segments that can be told, by name.

    Nothing is sent; the audience is reckoned as a sync would, from the members as they would be.
    """
    after = {effect.segment.pk: effect.after for effect in effects if not effect.failure}
    rows = selectors.activations(actor=actor).filter(segment__in=after).select_related("segment", "connection")
    return [_effect(activation, after[activation.segment_id]) for activation in rows.order_by("name", "pk")]


def _effect(activation: Activation, members: BitMap64) -> ActivationEffect:
    there = Delivery.objects.filter(activation_id=activation.pk).exclude(state=Delivery.State.REJECTED)
    present = BitMap64(there.values_list("member", flat=True).iterator())
    mapping = columns.parse(activation.columns)
    wanted = audience.may_stay(activation, mapping, members)
    removed = len(audience.must_go(activation, mapping, present - wanted))
    return ActivationEffect(
        activation,
        present=len(present),
        added=len(wanted - present),
        removed=removed,
        asks=removed * 100 > len(present) * activation.removal_limit,
    )
