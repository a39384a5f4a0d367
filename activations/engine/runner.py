"""Works on one sync run from claim to end. Safe to call at any time, any number of times, by any number of workers."""

import logging
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce, Now

from activations import columns, connections, scheduling
from activations.columns import Source
from activations.destinations.base import CHANGES, Destination, MisconfiguredError, Mode, Sync, TransientError
from activations.engine import endings, ledger, limits, plan
from activations.engine.errors import NeedsConfirmationError, RefusedError
from activations.engine.plan import Plan
from activations.engine.send import Courier
from activations.models import Activation, SyncRun
from lib import clock, leases
from lib.crypto import CryptoError
from lib.failpoints import reach

logger = logging.getLogger(__name__)

State = SyncRun.State


def workable() -> QuerySet[SyncRun]:
    """The runs that a worker may take now: queued and due, or left behind by a worker that died."""
    due = Q(next_attempt_at=None) | Q(next_attempt_at__lte=clock.now())
    return leases.free(SyncRun.objects.filter(due, state__in=SyncRun.WORKABLE))


def perform(run_id: int) -> bool:
    """Work on a run until it is done, fails or has to wait; False where it was not ours to take."""
    mine = workable().filter(pk=run_id).select_related("activation__segment", "activation__connection")
    for run in leases.claim(mine, seconds=settings.LEASE_SECONDS):
        with leases.kept([run], seconds=settings.LEASE_SECONDS):
            try:
                _attempt(run)
            except leases.LeaseLostError as error:
                logger.warning("Sync run %s is left to the worker that took it over: %s", run.pk, error)
                return True
        _tell(run)
        return True
    return False


def _tell(run: SyncRun) -> None:
    """One line in the log: what people find on the run."""
    run.refresh_from_db()
    level = logging.WARNING if run.failure else logging.INFO
    counts = f"{run.added} added, {run.updated} updated, {run.removed} removed, {run.unchanged} unchanged"
    logger.log(level, "%s: %s, %s%s", run, run.state, counts, f". {run.failure}" if run.failure else "")


def _attempt(run: SyncRun) -> None:
    """1. count the attempt; 2. send; 3. turn each way of failing into what the run says and does next."""
    try:
        _begin(run)
        reach("sync.claimed")
        if run.lost >= endings.MOST_LOST:
            endings.failed(run, "worker_lost", "The worker stopped every time without an answer; its log says more.")
        elif run.activation.state != Activation.State.ACTIVE:
            endings.cancelled(run, "The activation was paused before this run began.")
        else:
            _sync(run)
    except RefusedError as error:
        endings.refused(run, error)
    except NeedsConfirmationError as error:
        endings.waiting(run, error)
    except limits.BusyError as error:
        endings.postponed(run, error.retry_after or limits.BUSY_WAIT)
    except TransientError as error:
        endings.again(run, "tool_unavailable", str(error), wait=error.retry_after)
    except CryptoError as error:
        endings.again(run, "secrets_unreadable", str(error))
    except MisconfiguredError as error:
        endings.stopped(run, "misconfigured", str(error))
    except SoftTimeLimitExceeded:
        endings.again(run, "out_of_time", "The run reached the worker's time limit and goes on where it was.")


def _begin(run: SyncRun) -> None:
    with endings.held(run):
        run.lost += run.state == State.RUNNING  # nobody has said how the attempt before ended
        run.state = State.RUNNING
        run.attempts += 1
        run.save(update_fields=("state", "attempts", "lost"))
        SyncRun.objects.filter(pk=run.pk).update(started_at=Coalesce("started_at", Now()))


def _sync(run: SyncRun) -> None:
    activation = run.activation
    mapping = columns.parse(activation.columns)
    with _connected(activation) as destination:
        if run.attempts > 1 and destination.landed(_described(run, mapping)):
            _finish(run, destination, gone=0)
            return
        made = _plan(run, mapping)
        _record(run, made)
        _guard(run, made)
        reach("sync.planned")
        _carry(run, destination, mapping, made)


def _plan(run: SyncRun, mapping: tuple[Source, ...]) -> Plan:
    """What to send: of a run that follows changes only what concerns them, where the tool takes changes at all."""
    if run.trigger == SyncRun.Trigger.CONSENT and run.activation.mode in CHANGES:
        return plan.make_for_revoked(run.activation, mapping)
    if run.trigger == SyncRun.Trigger.TEST:
        return plan.for_a_test(plan.make(run.activation, mapping))
    follows = run.trigger == SyncRun.Trigger.CHANGE and run.activation.mode in CHANGES
    last = scheduling.synced_runs().filter(activation=run.activation).first() if follows else None
    stored_at = last.segment_run.finished_at if last and last.segment_run else None
    if stored_at is None:
        return plan.make(run.activation, mapping)
    return plan.make_for_changes(run.activation, mapping, stored_at)


def _carry(run: SyncRun, destination: Destination, mapping: tuple[Source, ...], made: Plan) -> None:
    mode = Mode(run.activation.mode)
    courier = Courier(run, destination, mapping, run.activation.segment.unit, mode)
    silent = mode in CHANGES and not (made.to_send or made.removals)
    if not silent:
        destination.begin(_described(run, mapping))
    gone = courier.carry(made)
    if silent:
        with endings.held(run):
            endings.done(run, gone=gone)
    else:
        _finish(run, destination, gone=gone)


def _finish(run: SyncRun, destination: Destination, *, gone: int) -> None:
    """The tool makes the run true while its row is locked: nobody can take it over between the two."""
    with endings.held(run, idle=timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT)):
        reach("sync.finishing")
        outcome = destination.finish()
        reach("sync.finished")
        ledger.settle_held(run, outcome)
        endings.done(run, gone=gone)
    reach("sync.confirmed")


@contextmanager
def _connected(activation: Activation) -> Iterator[Destination]:
    """The tool, for one of the runs that it takes at a time, at its pace."""
    connection = activation.connection
    try:
        opened = connections.opened(connection)
    except LookupError as error:
        raise MisconfiguredError(str(error)) from error
    can = opened.capabilities
    opened.pace = limits.pacer(connection, can.rate)
    with limits.slot(connection, can.concurrency), closing(opened) as destination:
        try:
            yield destination
        except TransientError as error:
            if error.retry_after and not isinstance(error, limits.BusyError):
                limits.hold_back(connection, can.rate, error.retry_after)
            raise


def _described(run: SyncRun, mapping: tuple[Source, ...]) -> Sync:
    activation = run.activation
    return Sync(
        run=run.pk,
        attempt=run.fence,
        activation=activation.key,
        segment=activation.segment.key,
        mode=Mode(activation.mode),
        columns=columns.resolve(mapping, unit=activation.segment.unit),
        members_as_of=run.segment_run.as_of if run.segment_run else None,
    )


def _record(run: SyncRun, made: Plan) -> None:
    """Put the plan on record; what earlier attempts of this run achieved is not counted as unchanged."""
    with endings.held(run):
        run.funnel = made.audience.funnel
        run.segment_run = made.audience.segment_run
        run.note = made.audience.note
        run.removals_planned = len(made.removals)
        settled = len(made.audience.members) - len(made.to_send) - made.refused
        run.unchanged = max(0, settled - run.added - run.updated)
        run.skipped = max(0, made.refused - run.rejected)
        run.save(update_fields=("funnel", "segment_run", "note", "removals_planned", "unchanged", "skipped"))


def _guard(run: SyncRun, made: Plan) -> None:
    removals = len(made.removals) - made.decided
    if removals <= (run.removals_confirmed or 0):
        return
    if removals * 100 > made.present * run.activation.removal_limit:
        raise NeedsConfirmationError(removals, made.present)
