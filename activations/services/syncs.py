"""Sync runs by hand."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from accounts import audit
from accounts.actors import Actor
from activations import scheduling, tasks
from activations.destinations.base import CHANGES, Mode
from activations.engine.audience import members_run
from activations.engine.errors import RefusedError
from activations.models import Activation, Delivery, SyncRun
from activations.services.activations import locked_for
from lib import clock, doorbells

NEVER_SENT = 0
"""The hash of no payload: whatever there is to send is another."""


@transaction.atomic
def request_sync(*, actor: Actor, activation: Activation) -> SyncRun:
    """Sync now: answers the run under way, at once if it was waiting to be tried again, or a new one."""
    locked = _ready(actor, activation)
    run = scheduling.open_run(locked, trigger=SyncRun.Trigger.MANUAL, by=actor.user)
    SyncRun.objects.filter(pk=run.pk, state=SyncRun.State.QUEUED).update(next_attempt_at=None)
    _told(actor, "activation.sync", locked, run)
    return run


@transaction.atomic
def request_test(*, actor: Actor, activation: Activation) -> SyncRun:
    """Send one record of the audience, to see it arrive: whoever would be sent next. Nobody is removed.

    It is on record like any other, so the next sync does not send it again.
    """
    locked = _ready(actor, activation)
    if Mode(locked.mode) not in CHANGES:
        message = "This activation sends the whole audience each time, so one record alone would take its place."
        raise ValidationError(message, code="state")
    if SyncRun.objects.filter(activation=locked, state__in=SyncRun.OPEN).exists():
        raise ValidationError("A sync is on its way: wait for its end to send a test.", code="state")
    run = scheduling.open_run(locked, trigger=SyncRun.Trigger.TEST, by=actor.user)
    _told(actor, "activation.test", locked, run)
    return run


@transaction.atomic
def retry_rejected(*, actor: Actor, activation: Activation) -> SyncRun:
    """Send again what the tool has refused, once what was wrong over there is mended; answers the run that does it."""
    locked = _ready(actor, activation)
    refused = Delivery.objects.filter(activation=locked).exclude(reason="").exclude(state__in=Delivery.UNCERTAIN)
    if not refused.update(payload_hash=NEVER_SENT):
        raise ValidationError("The tool has refused nobody, so there is nothing to try again.", code="state")
    run = scheduling.open_run(locked, trigger=SyncRun.Trigger.MANUAL, by=actor.user)
    _told(actor, "activation.retry", locked, run)
    return run


@transaction.atomic
def confirm_removal(*, actor: Actor, run: SyncRun) -> None:
    """I11: agree to as many removals as the run asked for. Should it be more by then, it asks again."""
    locked = locked_for(actor, run.activation)
    waiting = SyncRun.objects.filter(pk=run.pk, activation=locked, state=SyncRun.State.WAITING)
    confirmed = waiting.update(
        state=SyncRun.State.QUEUED, removals_confirmed=run.removals_planned, confirmed_by=actor.user,
        next_attempt_at=None, attempts=0, failure_code="", failure="",
    )  # fmt: skip
    if not confirmed:
        message = "This run does not wait for a confirmation any more; look at the latest one."
        raise ValidationError(message, code="state")
    after = {"sync_run": run.pk, "removals": run.removals_planned}
    team = locked.connection.team
    audit.record(actor=actor, action="activation.confirm_removal", target=locked, team=team, after=after)
    doorbells.ring(tasks.perform, run.pk)
    run.refresh_from_db()


@transaction.atomic
def cancel_sync(*, actor: Actor, run: SyncRun) -> None:
    """End a run that has not ended. What it has sent stays on record, and the next run goes on from there.

    A worker that is sending it loses it by the fence: what the tool answers to the batch under way is not recorded, so
    the next run compares it anew, as after a worker's death.
    """
    locked = locked_for(actor, run.activation)
    opened = SyncRun.objects.filter(pk=run.pk, activation=locked, state__in=SyncRun.OPEN)
    words = f"Cancelled by {actor.label}. What was sent before stays there; the next sync goes on from here."
    cancelled = opened.update(
        state=SyncRun.State.CANCELLED, finished_at=clock.now(), fence=F("fence") + 1, leased_until=None,
        next_attempt_at=None, failure_code=SyncRun.CANCELLED_BY_HAND, failure="", note=words,
    )  # fmt: skip
    if not cancelled:
        raise ValidationError("This run is over already; there is nothing to cancel.", code="state")
    team = locked.connection.team
    audit.record(actor=actor, action="activation.cancel_sync", target=locked, team=team, after={"sync_run": run.pk})
    run.refresh_from_db()


def _ready(actor: Actor, activation: Activation) -> Activation:
    """The activation, locked. Raises `ValidationError` where it could not run now."""
    locked = locked_for(actor, activation)
    if locked.state != Activation.State.ACTIVE:
        message = f"'{locked.name}' is {locked.get_state_display()}. {locked.stopped_because} Resume it first."
        raise ValidationError(message, code="state")
    try:
        members_run(locked.segment)
    except RefusedError as error:
        raise ValidationError(str(error), code=error.code) from error
    return locked


def _told(actor: Actor, action: str, activation: Activation, run: SyncRun) -> None:
    audit.record(
        actor=actor, action=action, target=activation, team=activation.connection.team, after={"sync_run": run.pk}
    )
    doorbells.ring(tasks.perform, run.pk)
