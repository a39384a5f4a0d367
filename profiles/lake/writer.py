"""One writer of the lake at a time: a lease with a fence, and an advisory lock that tells when its holder has died."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction

from lib import clock, leases
from profiles.lake import delta
from profiles.models import LakeTable, LakeWriter, RetiredFile

_LOCK = 0x1A4E
_POLL_SECONDS = 0.05


class LakeBusyError(Exception):
    """Another process is writing the lake."""


class Writer:
    """The right to write the lake, for as long as nobody has taken it over."""

    def __init__(self, row: LakeWriter) -> None:
        self._row = row

    def keep(self) -> None:
        """Between steps: hold it for longer. Raises `LeaseLostError` if it was taken over."""
        leases.renew(self._row, seconds=settings.LEASE_SECONDS)

    def hold(self) -> None:
        """In the transaction that writes: nobody else may until its end. Raises `LeaseLostError` likewise."""
        leases.hold(self._row)

    def advance(self, versions: Mapping[str, int]) -> None:
        """In the closing transaction: readers shall see these versions, table → version, from its commit on."""
        self.hold()
        pointers = LakeTable.objects.in_bulk(list(versions))
        for name, version in versions.items():
            if name in pointers:
                _retire(name, pointers[name].version, version)
        LakeTable.objects.bulk_create(
            [LakeTable(name=name, version=version) for name, version in versions.items()],
            update_conflicts=True,
            update_fields=["version"],
            unique_fields=["name"],
        )


@contextmanager
def exclusive(*, wait: float = 0) -> Iterator[Writer]:
    """Be the only writer; others are waited for up to `wait` seconds. Raises `LakeBusyError`. It does not nest."""
    row = _claim()
    deadline = time.monotonic() + wait
    while row is None:
        if time.monotonic() >= deadline:
            raise LakeBusyError("Another process is writing the lake; it is done in a moment.")
        time.sleep(_POLL_SECONDS)
        row = _claim()
    try:
        yield Writer(row)
    finally:
        leases.release(row)
        _unlock(row.fence)


def _claim() -> LakeWriter | None:
    """Take the row if nobody holds it, if its lease is over, or if its holder's connection is gone."""
    with transaction.atomic():
        LakeWriter.objects.get_or_create(pk=1)
        row = LakeWriter.objects.select_for_update(skip_locked=True).filter(pk=1).first()
        if row is None:
            return None
        if row.leased_until is not None and row.leased_until >= clock.now():
            if not _try_lock(row.fence):
                return None
            _unlock(row.fence)
        taken = leases.take(row, seconds=settings.LEASE_SECONDS)
        _try_lock(taken.fence)
    return taken


def _try_lock(fence: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s::int)", [_LOCK, fence % 2**31])
        row = cursor.fetchone()
    assert row is not None
    return bool(row[0])


def _unlock(fence: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s, %s::int)", [_LOCK, fence % 2**31])


def _retire(table: str, before: int, after: int) -> None:
    gone = delta.files(table, before).keys() - delta.files(table, after).keys()
    RetiredFile.objects.bulk_create(
        [RetiredFile(table=table, path=path, version=after) for path in gone], ignore_conflicts=True
    )
