"""Activations: the standing instructions segment → connection."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit, policy
from accounts.actors import Actor
from accounts.policy import Action
from activations import checks
from activations.models import Activation, Delivery, SyncRun
from lib import clock

EDITABLE = (
    "name", "segment", "connection", "purpose", "channel", "holdout", "mode", "columns", "schedule", "interval",
    "daily_at", "timezone", "removal_limit",
)  # fmt: skip


@transaction.atomic
def create_activation(*, actor: Actor, key: str, **fields: Any) -> Activation:
    """Instruct: this segment to that connection. `fields` are those of `EDITABLE`; due by its schedule from now."""
    activation = Activation(key=key, author=actor.user, **fields)
    _require_both_ends(actor, activation)
    checks.check(activation)
    timetable = activation.timetable()
    activation.next_due = timetable.first(clock.now()) if timetable else None
    activation.save()
    after = {"key": key, **audit.values(activation, EDITABLE)}
    _record(actor, "activation.create", activation, after=after)
    return activation


@transaction.atomic
def update_activation(*, actor: Actor, activation: Activation, **fields: Any) -> Activation:
    """Change what is sent, where or when. A new mapping sends everybody anew with the next run."""
    before = locked_for(actor, activation)
    for name, value in fields.items():
        setattr(activation, name, value)
    _require_both_ends(actor, activation)
    checks.check(activation)
    checks.check_change(before, activation)
    changed = [*EDITABLE]
    if _times(before) != _times(activation) and before.state == Activation.State.ACTIVE:
        timetable = activation.timetable()
        activation.next_due = timetable.first(clock.now()) if timetable else None
        changed.append("next_due")
    activation.save(update_fields=changed)  # the rest is the tick's and the engine's, at any moment
    told = (audit.values(row, EDITABLE) for row in (before, activation))
    _record(actor, "activation.change", activation, before=next(told), after=next(told))
    return activation


@transaction.atomic
def pause(*, actor: Actor, activation: Activation) -> None:
    """No more runs; one under way ends in good order, one that waits is cancelled. What is over there stays there."""
    locked = locked_for(actor, activation)
    before = locked.state
    locked.state, locked.next_due = Activation.State.PAUSED, None
    locked.save(update_fields=("state", "next_due"))
    SyncRun.objects.filter(activation=locked, state=SyncRun.State.WAITING).update(
        state=SyncRun.State.CANCELLED, finished_at=clock.now(), note="The activation was paused."
    )
    _record(actor, "activation.pause", locked, before={"state": before}, after={"state": locked.state})
    activation.refresh_from_db()


@transaction.atomic
def resume(*, actor: Actor, activation: Activation) -> None:
    """Go on by the schedule, after a pause or after what stopped it was mended."""
    locked = locked_for(actor, activation)
    before = locked.state
    timetable = locked.timetable()
    locked.state, locked.stopped_because = Activation.State.ACTIVE, ""
    locked.next_due = timetable.first(clock.now()) if timetable else None
    locked.save(update_fields=("state", "stopped_because", "next_due"))
    _record(actor, "activation.resume", locked, before={"state": before}, after={"state": locked.state})
    activation.refresh_from_db()


@transaction.atomic
def delete_activation(*, actor: Actor, activation: Activation) -> None:
    """Forget an activation that has sent nobody. What was sent would stay over there, and nobody would know."""
    locked = locked_for(actor, activation)
    if Delivery.objects.filter(activation=locked).exists():
        raise ValidationError("People have been sent by this activation: pause it instead.", code="state")
    _record(actor, "activation.delete", locked, before=audit.values(locked, EDITABLE))
    locked.delete()


def locked_for(actor: Actor, activation: Activation) -> Activation:
    """The activation as it is, until the end of the transaction; only its team's editors come this far."""
    rows = Activation.objects.select_for_update(of=("self",)).select_related("segment", "connection__team")
    locked = rows.get(pk=activation.pk)
    policy.require(actor, Action.EDIT, locked.connection.team)
    return locked


def _require_both_ends(actor: Actor, activation: Activation) -> None:
    """The connection must be of a team in which the actor edits, the segment one that the actor may read."""
    policy.require(actor, Action.EDIT, activation.connection.team)
    if activation.segment.published_id is None:
        policy.require(actor, Action.READ_TEAM, activation.segment.team)


def _record(
    actor: Actor,
    action: str,
    activation: Activation,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    team = activation.connection.team
    audit.record(actor=actor, action=action, target=activation, team=team, before=before, after=after)


def _times(activation: Activation) -> tuple[object, ...]:
    return (activation.schedule, activation.interval, activation.daily_at, activation.timezone)
