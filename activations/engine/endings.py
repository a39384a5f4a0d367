"""How an attempt ends: done, tried again later, failed, or waiting for a person. Each is one transaction that holds
the run, so a worker that lost it changes nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import transaction
from django.db.models import F

from activations.engine import ledger
from activations.engine.errors import NeedsConfirmationError, RefusedError
from activations.models import Activation, SyncRun
from lib import ages, clock, leases

MOST_LOST = 12
"""Attempts that a worker did not come back from."""
GIVES_UP_AFTER = timedelta(hours=36)
"""A tool that is down for a day costs nothing but time."""
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=1)
MOST_DOUBLINGS = 10

State = SyncRun.State


@contextmanager
def held(run: SyncRun, *, idle: timedelta | None = None) -> Iterator[None]:
    """A transaction in which the run is ours. Raises `LeaseLostError` where it is not any more."""
    with transaction.atomic():
        leases.hold(run, idle=idle)
        yield


def done(run: SyncRun, *, gone: int) -> None:
    """Close a run that did its work; the caller's transaction holds it."""
    SyncRun.objects.filter(pk=run.pk).update(skipped=F("skipped") + gone)
    run.refresh_from_db(fields=("added", "updated", "removed", "rejected", "skipped"))
    run.failure_code = run.failure = ""
    _close(run, State.PARTIAL if run.rejected else State.SUCCEEDED)


def failed(run: SyncRun, code: str, words: str) -> None:
    """Give up. What is on record as delivered stays as it is, and the next run goes on from there."""
    with held(run):
        _fail(run, code, words)


def refused(run: SyncRun, error: RefusedError) -> None:
    """There is nothing to send; a lasting reason stops the activation."""
    if error.lasting:
        stopped(run, error.code, str(error))
    else:
        failed(run, error.code, str(error))


def stopped(run: SyncRun, code: str, words: str) -> None:
    """Fail, and let the activation rest until a person has mended what is wrong."""
    with held(run):
        _fail(run, code, words)
        Activation.objects.filter(pk=run.activation_id).update(
            state=Activation.State.STOPPED, stopped_because=words, next_due=None
        )


def cancelled(run: SyncRun, words: str) -> None:
    """End a run that nobody wants any more."""
    with held(run):
        run.note = words
        _close(run, State.CANCELLED)


def waiting(run: SyncRun, asked: NeedsConfirmationError) -> None:
    """I11: hold still until a person has confirmed the removals."""
    with held(run):
        run.failure_code = "too_many_removals"
        run.failure = (
            f"This sync would remove {asked.removals:,} of the {asked.present:,} that are over there, more than the "
            f"{run.activation.removal_limit} % that the activation allows without asking. Nothing was sent. "
            "If that is right, confirm the removal; if not, mend the segment: the next sync compares anew."
        )
        run.state, run.leased_until = State.WAITING, None
        run.save(update_fields=("state", "failure_code", "failure", "leased_until"))


def again(run: SyncRun, code: str, words: str, *, wait: timedelta | None = None) -> None:
    """Try again: after what the tool asked for, and no sooner than the back-off says; after a day and a half, fail."""
    trying = clock.now() - run.queued_at
    if trying > GIVES_UP_AFTER:
        tried = f"It was tried {run.attempts} times in {ages.span(trying)}; the next sync goes on from here."
        failed(run, code, f"{words} {tried}")
        return
    backoff = min(FIRST_WAIT * 2 ** min(run.attempts - 1, MOST_DOUBLINGS), LONGEST_WAIT)
    pause = max(backoff, wait or timedelta(0))
    _queued_again(run, pause, code, f"{words} It is tried again in {ages.span(pause)}.")


def postponed(run: SyncRun, wait: timedelta) -> None:
    """Let others of the same connection go first; nothing is wrong, so the attempt does not count."""
    run.attempts -= 1
    _queued_again(run, wait, "", "")


def _queued_again(run: SyncRun, pause: timedelta, code: str, words: str) -> None:
    with held(run):
        run.state, run.leased_until = State.QUEUED, None
        run.next_attempt_at = clock.now() + pause
        run.failure_code, run.failure = code, words
        run.save(update_fields=("state", "leased_until", "next_attempt_at", "failure_code", "failure", "attempts"))


def _fail(run: SyncRun, code: str, words: str) -> None:
    run.failure_code, run.failure = code, words
    _close(run, State.FAILED)
    ledger.give_back(run)


def _close(run: SyncRun, state: str) -> None:
    run.state, run.finished_at, run.leased_until, run.next_attempt_at = state, clock.now(), None, None
    fields = ("state", "finished_at", "leased_until", "next_attempt_at", "failure_code", "failure", "note")
    run.save(update_fields=fields)
