"""The worker's part of erasures: step by step, each as often as it takes, with a line on the receipt when it is done.

1. What Postgres and the files of imports still have, searched by the identifiers, which are then forgotten.
2. The lake, under the lease of its writer: months with events of theirs are written anew without them, the copy of
   profiles too; pointers move, so no new reader meets a file with a trace.
3. The older files: they go once no reader has them (I1) and they are old enough, and then the logs that name them.
4. The statistics of the database, which hold samples of values.
5. What other apps and tools still have is asked for until there is nothing.
"""

import json
import logging
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction

from lib import clock, crypto, failpoints, leases
from lib.leases import LeaseLostError
from profiles import followers
from profiles.erasure import records, uploads
from profiles.erasure.queue import LONGEST_WAIT, claim
from profiles.erasure.remains import remains_of
from profiles.erasure.tombstones import Named
from profiles.lake import copies, redirects, vacuum
from profiles.lake.writer import LakeBusyError
from profiles.models import ChangedProfile, Erasure, ErasureStep, Redirect, RetiredFile

logger = logging.getLogger(__name__)
What = ErasureStep.What

POINTS = failpoints.declare(
    "erase.claimed", "erase.searched", "erase.told", "erase.lake_written", "erase.copied", "erase.files_gone",
    "erase.logs_cut", "erase.finished",
)  # fmt: skip
SAMPLED = (
    "profiles_profile", "profiles_identity", "profiles_tailevent", "profiles_quarantinedevent", "profiles_traitvalues",
    "profiles_propertyvalues",
)  # fmt: skip
"""Tables of whose values PostgreSQL keeps samples."""


class LaterError(Exception):
    """Nothing is wrong; the step has to wait, for how long and for what."""

    def __init__(self, wait: timedelta, why: str = "") -> None:
        super().__init__(why)
        self.wait, self.why = wait, why


SEARCHES: dict[str, Callable[[Collection[Named], Erasure], int]] = {
    What.CLAIMS: records.forget_claims,
    What.MERGES: records.blank_merges,
    What.QUARANTINE: records.forget_quarantine,
    What.REJECTS: uploads.forget_rejects,
    What.ANSWERS: records.forget_answers,
}


def work(*, age: timedelta = vacuum.AGE) -> int:
    """Go on with every erasure that something can be done for; answers how many were tried. Older files of the lake
    stay for `age`, in which a reader may still open them."""
    tried = 0
    while (erasure := claim()) is not None:
        tried += 1
        failpoints.reach("erase.claimed")
        with suppress(LeaseLostError), leases.kept([erasure], seconds=settings.LEASE_SECONDS):
            _attempt(erasure, age)
            leases.release(erasure)
    return tried


def _attempt(erasure: Erasure, age: timedelta) -> None:
    try:
        _search(erasure)
        _tell(erasure)
        _rewrite(erasure)
        _clear_files(erasure, age)
        _resample(erasure)
        _finish(erasure)
    except LakeBusyError:
        _later(erasure, LaterError(timedelta(seconds=2)))
    except LaterError as later:
        _later(erasure, later)


def _done(erasure: Erasure, what: str) -> bool:
    return erasure.steps.filter(what=what).exists()


def _search(erasure: Erasure) -> None:
    """Everything that is found by the identifiers; in the end they are forgotten."""
    if not erasure.names:
        return
    names = [(kind, value) for kind, value in json.loads(crypto.unseal(erasure.names))]
    for what, forget in SEARCHES.items():
        with transaction.atomic():
            leases.hold(erasure)
            records.add(erasure, what, forget(names, erasure))
    failpoints.reach("erase.searched")
    with transaction.atomic():
        leases.hold(erasure)
        erasure.names = ""
        erasure.save(update_fields=["names"])


def _tell(erasure: Erasure) -> None:
    """The apps above forget what they have; in the order in which they came."""
    if _done(erasure, What.MEMBERSHIPS):
        return
    with transaction.atomic():
        leases.hold(erasure)
        numbers = {What.MEMBERSHIPS.value: 0}
        for follow in followers.of_erasures:
            numbers |= follow(erasure.profile)
        records.note(erasure, numbers)
    failpoints.reach("erase.told")


def _rewrite(erasure: Erasure) -> None:
    """Have the newest state of the lake without a trace of them, and readers see that one."""
    if Redirect.objects.filter(to_id=-erasure.profile).exists():
        redirects.rewrite(wait=0)
        failpoints.reach("erase.lake_written")
    if ChangedProfile.objects.filter(profile_id=erasure.profile).exists():
        copies.copy_changes(wait=0)
        failpoints.reach("erase.copied")
    if not _done(erasure, What.FILES) and erasure.written_at is None:
        with transaction.atomic():
            leases.hold(erasure)
            erasure.files = RetiredFile.objects.filter(retired_at__gte=erasure.requested_at).count()
            erasure.written_at = clock.now()
            erasure.save(update_fields=["files", "written_at"])


def _clear_files(erasure: Erasure, age: timedelta) -> None:
    """Delete what older states of the lake were made of, as soon as nobody can be reading it."""
    assert erasure.written_at is not None  # _rewrite has come back
    if not _done(erasure, What.FILES):
        ready = erasure.written_at + age
        now = clock.now()
        if now <= ready:
            raise LaterError(ready - now, "Older files of the lake are deleted once nobody can be reading them.")
        vacuum.vacuum(age=age, wait=0)
        left = vacuum.left_from_before(erasure.written_at)
        if left:
            raise LaterError(timedelta(seconds=30), f"{left} older files of the lake are still being read.")
        records.add(erasure, What.FILES, erasure.files)
        failpoints.reach("erase.files_gone")
    if not _done(erasure, What.LOGS):
        records.add(erasure, What.LOGS, vacuum.cut_logs(wait=0))
        failpoints.reach("erase.logs_cut")


def _resample(erasure: Erasure) -> None:
    if _done(erasure, What.STATISTICS):
        return
    records.forget_rare_values()
    with connection.cursor() as cursor:
        for table in SAMPLED:
            cursor.execute(f"VACUUM (ANALYZE) {table}")
    records.add(erasure, What.STATISTICS, len(SAMPLED))


def _finish(erasure: Erasure) -> None:
    """Done, unless somebody still has something: then it is asked for again."""
    left = remains_of(erasure)
    if left:
        raise LaterError(timedelta(minutes=1))
    with transaction.atomic():
        leases.hold(erasure)
        erasure.state, erasure.failure, erasure.finished_at = Erasure.State.SUCCEEDED, "", clock.now()
        erasure.next_attempt_at = None
        erasure.save(update_fields=["state", "failure", "finished_at", "next_attempt_at"])
    logger.info("%s: succeeded", erasure)
    failpoints.reach("erase.finished")


def _later(erasure: Erasure, later: LaterError) -> None:
    with transaction.atomic():
        leases.hold(erasure)
        here = _done(erasure, What.STATISTICS)
        erasure.state = Erasure.State.WAITING if here else Erasure.State.RUNNING
        erasure.failure, erasure.attempts = later.why, 0
        erasure.next_attempt_at = clock.now() + min(later.wait, LONGEST_WAIT)
        erasure.save(update_fields=["state", "failure", "attempts", "next_attempt_at"])
