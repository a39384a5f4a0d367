"""Whether an activation makes sense; forms and services ask the same. All raise Django's `ValidationError`."""

from zoneinfo import available_timezones

from django.core.exceptions import ValidationError

from activations import columns
from activations.destinations import kind as destination_kind
from activations.destinations.base import Mode
from activations.models import Activation, Delivery


def check(activation: Activation) -> None:
    """The fields by themselves, and what the segment, the catalogue and the destination allow."""
    activation.full_clean()
    if activation.timezone not in available_timezones():
        raise ValidationError(
            {"timezone": f"There is no timezone '{activation.timezone}'; name one like Europe/London."}
        )
    mapping = columns.check(activation.columns, unit=activation.segment.unit)
    can = destination_kind(activation.connection.kind).capabilities
    if Mode(activation.mode) not in can.modes:
        raise ValidationError({"mode": f"{activation.connection.kind} can't do '{activation.get_mode_display()}'."})
    identifier = columns.key_of(mapping).identifier
    if identifier not in can.identifiers:
        allowed = ", ".join(sorted(can.identifiers))
        kind = activation.connection.kind
        message = f"Columns: {kind} can't recognise people by {identifier}; put one of {allowed} first."
        raise ValidationError({"columns": message})


def check_change(before: Activation, after: Activation) -> None:
    """Keys on record are of one kind and in one place; removals would be sent with the wrong one, or elsewhere."""
    old, new = (columns.key_of(columns.parse(activation.columns)) for activation in (before, after))
    moved = (old.identifier, before.segment_id, before.connection_id) != (
        new.identifier,
        after.segment_id,
        after.connection_id,
    )
    if moved and Delivery.objects.filter(activation=before).exists():
        raise ValidationError(
            "People have been sent by this activation already, so its segment, connection and first identifier stay. "
            "Make a new activation for the new ones, and pause this one."
        )
