"""What came of a run, written under its lease: members stored, or a failure in words and the next attempt."""

from time import perf_counter

from django.db import transaction

from lib import clock, failpoints, leases
from segments import membership
from segments.engine import Result
from segments.models import Run
from segments.runs import drift
from segments.runs.failures import MOST_ATTEMPTS, Failure, wait_after

POINTS = failpoints.declare("runs.held", "runs.stored", "runs.committed")


def succeed(run: Run, result: Result) -> None:
    """Store the members and close the run, in one transaction. Raises `LeaseLostError`; then nothing is written."""
    began = perf_counter()
    with transaction.atomic():
        leases.hold(run)
        failpoints.reach("runs.held")
        changes = membership.store(run, result.members)
        run.drift = drift.of(run, changes)
        run.evaluate_ms = round(result.milliseconds)
        run.store_ms = round((perf_counter() - began) * 1000)
        run.failure_code = run.failure = ""
        _close(run, Run.State.SUCCEEDED)
        if changes:
            membership.CHANGED.ring()
        failpoints.reach("runs.stored")
    failpoints.reach("runs.committed")


def fail(run: Run, failure: Failure) -> None:
    """Say why, and when it is tried again; the members stay as they were. Raises `LeaseLostError`."""
    with transaction.atomic():
        leases.hold(run)
        run.failure_code, run.failure = failure.code, failure.message
        if failure.lasting or run.attempts >= MOST_ATTEMPTS:
            _close(run, Run.State.FAILED)
        else:
            run.state = Run.State.QUEUED
            run.next_attempt_at = clock.now() + wait_after(run.attempts)
            run.leased_until = None
            run.save()


def give_back(run: Run) -> None:
    """Leave a run that was not begun for later, as if it had not been claimed. Raises `LeaseLostError`."""
    with transaction.atomic():
        leases.hold(run)
        run.state, run.attempts, run.leased_until = Run.State.QUEUED, run.attempts - 1, None
        run.save()


def cancel_open(segment_id: int) -> None:
    """End the queued or running run of a segment; a worker that computes it writes nothing any more."""
    leases.fence_off(Run.objects.filter(segment_id=segment_id, state__in=(Run.State.QUEUED, Run.State.RUNNING)))
    Run.objects.filter(segment_id=segment_id, state__in=(Run.State.QUEUED, Run.State.RUNNING)).update(
        state=Run.State.CANCELLED, finished_at=clock.now()
    )


def _close(run: Run, state: str) -> None:
    """End the run; open another if it was asked for once more meanwhile."""
    again = Run.objects.values_list("again", flat=True).get(pk=run.pk)  # we hold the row: the newest word on it
    run.state, run.finished_at, run.leased_until, run.next_attempt_at = state, clock.now(), None, None
    run.again = ""
    run.save()
    if again:
        Run.objects.create(segment_id=run.segment_id, version_id=run.version_id, trigger=again)
