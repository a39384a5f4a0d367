"""What people do with connections and activations. Page, API, admin and command call the same functions.

All raise Django's `ValidationError` with words for people, or `PermissionDenied`, and then nothing has changed.
`actor` is who does it; None is the installation itself.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import Team, User
from activations import checks, forms, scheduling, tasks
from activations.destinations import kind as destination_kind
from activations.destinations.base import DestinationError
from activations.engine.audience import members_run
from activations.engine.errors import RefusedError
from activations.models import Activation, Connection, SyncRun
from lib import clock, doorbells
from segments.services.access import EDITORS, require

EDITABLE = (
    "name", "segment", "connection", "mode", "columns", "schedule", "interval", "daily_at", "timezone", "removal_limit",
)  # fmt: skip


def create_connection(*, actor: User | None, team: Team, kind: str, name: str, config: Mapping[str, str]) -> Connection:
    """Connect a tool; `config` is checked against the fields that its kind declares."""
    require(actor, team, EDITORS)
    connection = Connection(team=team, kind=kind, name=name, config=forms.clean_config(kind, config))
    connection.full_clean()
    connection.save()
    return connection


def update_connection(
    *, actor: User | None, connection: Connection, name: str, config: Mapping[str, str]
) -> Connection:
    """Change the name or the values of a connection; its kind stays."""
    require(actor, connection.team, EDITORS)
    connection.name, connection.config = name, forms.clean_config(connection.kind, config)
    connection.full_clean()
    connection.save(update_fields=("name", "config"))
    return connection


def test_connection(*, actor: User | None, connection: Connection) -> str:
    """Try the connection; answers what is wrong in words, '' if it works."""
    require(actor, connection.team, EDITORS)
    try:
        destination_kind(connection.kind)(connection.config).check()
    except (LookupError, DestinationError) as error:
        return str(error)
    return ""


@transaction.atomic
def create_activation(*, actor: User | None, key: str, **fields: Any) -> Activation:
    """Instruct: this segment to that connection. `fields` are those of `EDITABLE`; due by its schedule from now."""
    activation = Activation(key=key, author=actor, **fields)
    require(actor, activation.connection.team, EDITORS)
    checks.check(activation)
    timetable = activation.timetable()
    activation.next_due = timetable.first(clock.now()) if timetable else None
    activation.save()
    return activation


@transaction.atomic
def update_activation(*, actor: User | None, activation: Activation, **fields: Any) -> Activation:
    """Change what is sent, where or when. A new mapping sends everybody anew with the next run."""
    before = _locked(actor, activation)
    for name, value in fields.items():
        setattr(activation, name, value)
    require(actor, activation.connection.team, EDITORS)
    checks.check(activation)
    checks.check_change(before, activation)
    changed = [*EDITABLE]
    if _times(before) != _times(activation) and before.state == Activation.State.ACTIVE:
        timetable = activation.timetable()
        activation.next_due = timetable.first(clock.now()) if timetable else None
        changed.append("next_due")
    activation.save(update_fields=changed)  # the rest is the tick's and the engine's, at any moment
    return activation


@transaction.atomic
def pause(*, actor: User | None, activation: Activation) -> None:
    """No more runs; one under way ends in good order, one that waits is cancelled. What is over there stays there."""
    locked = _locked(actor, activation)
    locked.state, locked.next_due = Activation.State.PAUSED, None
    locked.save(update_fields=("state", "next_due"))
    SyncRun.objects.filter(activation=locked, state=SyncRun.State.WAITING).update(
        state=SyncRun.State.CANCELLED, finished_at=clock.now(), note="The activation was paused."
    )
    activation.refresh_from_db()


@transaction.atomic
def resume(*, actor: User | None, activation: Activation) -> None:
    """Go on by the schedule, after a pause or after what stopped it was mended."""
    locked = _locked(actor, activation)
    timetable = locked.timetable()
    locked.state, locked.stopped_because = Activation.State.ACTIVE, ""
    locked.next_due = timetable.first(clock.now()) if timetable else None
    locked.save(update_fields=("state", "stopped_because", "next_due"))
    activation.refresh_from_db()


@transaction.atomic
def request_sync(*, actor: User | None, activation: Activation) -> SyncRun:
    """Sync now: answers the run under way, at once if it was waiting to be tried again, or a new one."""
    locked = _locked(actor, activation)
    if locked.state != Activation.State.ACTIVE:
        raise ValidationError(
            f"'{locked.name}' is {locked.get_state_display()}. {locked.stopped_because} Resume it first."
        )
    try:
        members_run(locked.segment)
    except RefusedError as error:
        raise ValidationError(str(error), code=error.code) from error
    run = scheduling.open_run(locked, trigger=SyncRun.Trigger.MANUAL, actor=actor)
    SyncRun.objects.filter(pk=run.pk, state=SyncRun.State.QUEUED).update(next_attempt_at=None)
    doorbells.ring(tasks.perform, run.pk)
    return run


@transaction.atomic
def confirm_removal(*, actor: User | None, run: SyncRun) -> None:
    """I11: agree to as many removals as the run asked for. Should it be more by then, it asks again."""
    _locked(actor, run.activation)
    waiting = SyncRun.objects.filter(pk=run.pk, state=SyncRun.State.WAITING)
    confirmed = waiting.update(
        state=SyncRun.State.QUEUED, removals_confirmed=run.removals_planned, confirmed_by=actor,
        next_attempt_at=None, attempts=0, failure_code="", failure="",
    )  # fmt: skip
    if not confirmed:
        raise ValidationError("This run does not wait for a confirmation any more; look at the latest one.")
    doorbells.ring(tasks.perform, run.pk)
    run.refresh_from_db()


def _locked(actor: User | None, activation: Activation) -> Activation:
    """The activation as it is, until the end of the transaction; only its team's editors come this far."""
    rows = Activation.objects.select_for_update(of=("self",)).select_related("segment", "connection__team")
    locked = rows.get(pk=activation.pk)
    require(actor, locked.connection.team, EDITORS)
    return locked


def _times(activation: Activation) -> tuple[object, ...]:
    return (activation.schedule, activation.interval, activation.daily_at, activation.timezone)
