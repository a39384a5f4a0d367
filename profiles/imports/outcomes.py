"""What came of an attempt, written under its lease: done, failed in words, waiting for a person, or tried again."""

import re
from datetime import timedelta

from django.db import transaction

from lib import clock, failpoints, leases
from profiles.imports import files
from profiles.ingest.summary import Summary
from profiles.models import Import

MOST_ATTEMPTS = 5
BACK_OFF = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))
_OPTION = re.compile(r"--(\w+)(?: (?:FILE|COLUMN(?:=\w+)?))?")
State = Import.State

POINTS = failpoints.declare("imports.done")


def finish(row: Import, summary: Summary) -> None:
    """All rows were looked at. Raises `LeaseLostError`; then nothing is written."""
    rejects = summary.rejects
    row.counts = {
        "read": summary.read,
        "new": summary.new,
        "changed": summary.changed or 0,
        "unchanged": summary.unchanged,
        "rejected": rejects.rows,
        "rejected_values": rejects.parts,
        "other": summary.extra,
    }
    row.reasons = dict(rejects.kinds)
    row.failure_code = row.failure = ""
    if summary.nothing_taken:
        row.failure_code, row.failure = "nothing_taken", "No row could be taken; `rejects` says why for each."
        _close(row, State.FAILED)
    else:
        _close(row, State.PARTIAL if rejects.rows or rejects.parts else State.SUCCEEDED)


def refuse(row: Import, reason: str) -> None:
    """The file or its options can't be imported, now or later; nothing of it was. Raises `LeaseLostError`."""
    row.failure_code, row.failure = "refused", in_words_of_the_api(reason)
    _close(row, State.FAILED)


def wait_for_acceptance(row: Import) -> None:
    """A person looks at the additions first. Raises `LeaseLostError`."""
    with transaction.atomic():
        leases.hold(row)
        row.state, row.leased_until, row.step = State.WAITING, None, {}
        row.save()


def try_again(row: Import, error: BaseException) -> None:
    """Something went wrong that may go right later; not for ever. Raises `LeaseLostError`."""
    name = type(error).__name__
    row.failure_code = "unexpected"
    row.failure = f"The worker met an error ({name}). It is tried again; its log has the details."
    if row.attempts >= MOST_ATTEMPTS:
        _close(row, State.FAILED)
        return
    with transaction.atomic():
        leases.hold(row)
        row.state, row.leased_until = State.QUEUED, None
        row.next_attempt_at = clock.now() + BACK_OFF[min(row.attempts, len(BACK_OFF)) - 1]
        row.save()


def lose(row: Import) -> None:
    """It has taken worker after worker with it. Raises `LeaseLostError`."""
    row.failure_code = "worker_lost"
    row.failure = (
        f"The worker stopped while it imported this file, {MOST_ATTEMPTS} times. Look at its log and at the memory of "
        "the machine. What was written stays, and the same file in a new import goes on from there."
    )
    _close(row, State.FAILED)


def in_words_of_the_api(text: str) -> str:
    """A message of the commands, which name their options with two hyphens."""
    return _OPTION.sub(r"`\1`", text)


def _close(row: Import, state: str) -> None:
    """End it; the file is deleted once that is committed, the rejects are kept for a while."""
    with transaction.atomic():
        leases.hold(row)
        row.state, row.finished_at, row.leased_until, row.next_attempt_at = state, clock.now(), None, None
        row.step = {}
        row.save()
    failpoints.reach("imports.done")
    files.discard_data(row.pk)
