"""What was sent of one person or company, where and when; and of those who should be there and are not, why not."""

from collections import defaultdict
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from pyroaring import BitMap64

from accounts import policy
from accounts.actors import Actor
from accounts.policy import Action
from activations import columns, selectors
from activations.engine import audience
from activations.models import Activation, Delivery
from segments.presence import presence


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """One activation of the actor's teams that concerns somebody: who is in its segment, or still over there.

    `why_not`, in words, where they are in the segment and nothing of them is over there; '' otherwise.
    """

    activation: Activation
    deliveries: list[Delivery]
    why_not: str


def whereabouts(*, actor: Actor, unit: str, member: int) -> list[Whereabouts]:
    """By the name of the activation. What is shown is personal data: that needs `READ_PERSONAL`, and an audit entry.

    Who may not see who is in a segment learns of what was sent only, not of what was not and why.
    """
    sent: dict[int, list[Delivery]] = defaultdict(list)
    for delivery in selectors.deliveries_of(actor=actor, unit=unit, member=member):
        sent[delivery.activation_id].append(delivery)
    inside = _segments_of(actor, unit, member) if policy.allows(actor, Action.READ_MEMBERS) else set()
    ours = policy.visible_teams(actor)
    known = selectors.activations(actor=actor).filter(segment__unit=unit, connection__team__in=ours)
    asked = _Steps(member)
    found = []
    for activation in known.select_related("segment", "connection__team").order_by("name"):
        deliveries = sent.get(activation.pk, [])
        if deliveries or activation.segment_id in inside:
            why_not = "" if any(row.state in Delivery.PRESENT for row in deliveries) else asked.why_not(activation)
            found.append(Whereabouts(activation, deliveries, why_not if activation.segment_id in inside else ""))
    return found


def _segments_of(actor: Actor, unit: str, member: int) -> set[int]:
    return {found.segment.pk for found in presence(actor=actor, unit=unit, member=member) if found.is_member}


class _Steps:
    """The funnel for one member; what several activations ask alike is asked once."""

    def __init__(self, member: int) -> None:
        self._one = BitMap64([member])
        self._answers: dict[tuple[object, ...], bool] = {}

    def why_not(self, activation: Activation) -> str:
        if activation.state != Activation.State.ACTIVE:
            return f"The activation is {activation.get_state_display()}."
        try:
            mapping = columns.parse(activation.columns)
        except ValidationError:
            return "The activation's mapping can't be read."
        for step in audience.steps_of(activation):
            label = step.label(activation, mapping)
            asked = (label, activation.channel, activation.holdout, step.code == "holdout" and activation.segment_id)
            if asked not in self._answers:
                self._answers[asked] = bool(step.keep(activation, mapping, self._one))
            if not self._answers[asked]:
                return f"Held back: the audience is those {label}."
        return "On the way: the next sync sends them, unless the tool has refused them."
