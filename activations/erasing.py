"""What becomes of deliveries when a profile is erased.

A key that a tool has is kept until the tool has confirmed the removal: without it nobody could ask for that. Erasing
has suppressed the person first, so the removal is on its way already; this says what is still outstanding.
"""

from collections.abc import Mapping

from django.db.models import QuerySet

from activations.models import Activation, Delivery
from profiles.followers import Remain
from profiles.models import Unit

State = Delivery.State
_UNTIL = {
    Activation.State.ACTIVE: "the next sync removes it",
    Activation.State.PAUSED: "the activation is paused: resume it, or remove them there by hand and delete it",
    Activation.State.STOPPED: "the activation was stopped by an error: mend it, or remove them there by hand",
}


def forget(profile: int) -> Mapping[str, int]:
    """Delete what tools had refused; they never had it."""
    return {"deliveries": _of(profile).filter(state=State.REJECTED).delete()[0]}


def remains(profile: int) -> list[Remain]:
    """The tools that still have an erased person, or may have, by the activation that sent them."""
    rows = _of(profile).exclude(state=State.REJECTED).select_related("activation__connection").order_by("pk")
    return [Remain(_where(row), _UNTIL[Activation.State(row.activation.state)]) for row in rows]


def _of(profile: int) -> QuerySet[Delivery]:
    return Delivery.objects.filter(member=profile, activation__segment__unit=Unit.PROFILE)


def _where(delivery: Delivery) -> str:
    return f"{delivery.activation.connection.name}, by the activation “{delivery.activation.name}”"
