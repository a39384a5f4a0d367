"""A pass of all checks over all live segments, and what it leaves: the findings that stand."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from time import perf_counter

from django.db import connection, transaction
from django.db.models import Q, Subquery
from django.db.models.functions import Now

from lib import clock
from profiles.models import MeasuredTable
from segments.checks import Check, Finding, World
from segments.checks.discovery import all_checks
from segments.models import CheckFinding, Inspection

EVERY = timedelta(hours=1)
KEPT = 100
"""Passes that stay on record."""


def is_due() -> bool:
    """Whether the last pass is older than an hour, or there was none, by the database's clock; or whether inputs have
    been counted for the first time since."""
    last = Inspection.objects.order_by("-started_at").values("started_at")[:1]
    if not Inspection.objects.filter(started_at__gt=Now() - EVERY).exists():
        return True
    return MeasuredTable.objects.filter(fence=1, measured_at__gt=Subquery(last)).exists()


def inspect(checks: Iterable[Check] | None = None) -> Inspection | None:
    """One pass of these checks, or of all; None if another one is under way. Called outside of a transaction."""
    with _alone() as is_alone:
        if not is_alone:
            return None
        started, world = perf_counter(), World(clock.now())
        found = {check: list(check.findings(world)) for check in (all_checks() if checks is None else checks)}
        return _store(world, found, round((perf_counter() - started) * 1000))


@transaction.atomic
def _store(world: World, found: Mapping[Check, Sequence[Finding]], milliseconds: int) -> Inspection:
    for check, findings in found.items():
        _keep(check, findings)
    inspection = Inspection.objects.create(
        started_at=world.now,
        milliseconds=milliseconds,
        segments=len(world.live),
        findings=sum(map(len, found.values())),
    )
    Inspection.objects.filter(pk__lte=inspection.pk - KEPT).delete()
    return inspection


def _keep(check: Check, findings: Iterable[Finding]) -> None:
    """Make these the open findings of a check; of those that are gone only the ones that are snoozed stay, closed."""
    rows = [
        CheckFinding(
            segment_id=each.segment,
            check_key=check.key,
            title=str(check.title),
            subject=each.subject,
            severity=each.severity,
            evidence=each.evidence,
            next_step=each.next_step,
            numbers=dict(each.numbers),
        )
        for each in findings
    ]
    earlier = CheckFinding.objects.filter(check_key=check.key)
    earlier.update(is_open=False)
    CheckFinding.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=("segment", "check_key", "subject"),
        update_fields=("title", "severity", "evidence", "next_step", "numbers", "is_open"),
    )
    earlier.filter(Q(snoozed_until=None) | Q(snoozed_until__lte=Now()), is_open=False).delete()


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether no other process is at it, until the block is left or this one dies: a lock of the session."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext('segments.inspection'))")
        row = cursor.fetchone()
        is_alone = bool(row and row[0])
        try:
            yield is_alone
        finally:
            if is_alone:
                cursor.execute("SELECT pg_advisory_unlock(hashtext('segments.inspection'))")
