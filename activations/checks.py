"""Whether an activation makes sense; forms and services ask the same. All raise Django's `ValidationError`."""

from collections.abc import Sequence
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError

from activations import columns
from activations.columns import Source
from activations.destinations import kind as destination_kind
from activations.destinations.base import Capabilities, Mode
from activations.models import Activation, Delivery
from profiles.models import Unit


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
    _check_columns(activation, mapping, can)
    _check_reach(activation, can)


def _check_columns(activation: Activation, mapping: Sequence[Source], can: Capabilities) -> None:
    kind = activation.connection.kind
    for identifier in columns.key_of(mapping).kinds:
        if identifier not in can.identifiers:
            allowed = ", ".join(sorted(can.identifiers))
            message = f"Columns: {kind} can't recognise people by {identifier}; put one of {allowed} first."
            raise ValidationError({"columns": message})
    for source in mapping:
        if source.policy not in can.policies:
            message = f"Columns: {kind} can't do '{source.policy}' for '{source.to}'; it can overwrite."
            raise ValidationError({"columns": message})


def _check_reach(activation: Activation, can: Capabilities) -> None:
    """I9: a tool that reaches people is sent those alone who have agreed to be reached so."""
    if can.channels and activation.channel not in can.channels and activation.segment.unit == Unit.PROFILE:
        allowed = ", ".join(sorted(can.channels))
        message = f"{activation.connection.kind} reaches people, so say whose consent counts: {allowed}."
        raise ValidationError({"channel": message})
    if activation.channel and activation.segment.unit == Unit.COMPANY:
        raise ValidationError({"channel": "Companies give no consent: leave the channel empty."})
    if activation.holdout and activation.purpose != Activation.Purpose.OUTREACH:
        raise ValidationError({"holdout": "A holdout is for outreach: in other audiences it only leaves gaps."})


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
