"""Reader leases: while one is there, no file of the versions that it names is deleted."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection, transaction

from lib import clock
from profiles.models import ReaderLease

LEASE_SECONDS = 120
_RENEW_SECONDS = 30


def take(versions: Mapping[str, int]) -> ReaderLease:
    """Take a lease on these versions, table → version, in the transaction that has read the pointers.

    It need not survive a crash of Postgres, whose readers die with it: the commit does not wait for the disk.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
    moment = clock.now()
    return ReaderLease.objects.create(
        versions=dict(versions), renewed_at=moment, expires_at=moment + timedelta(seconds=LEASE_SECONDS)
    )


@contextmanager
def kept(lease: ReaderLease) -> Iterator[None]:
    """Renew a lease as long as the block lasts, then give it back."""
    done = threading.Event()
    keeper = threading.Thread(target=_renew_until, args=(lease.pk, done), name=f"lake reader {lease.pk}", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        done.set()
        keeper.join()
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL synchronous_commit = off")
            ReaderLease.objects.filter(pk=lease.pk).delete()


def _renew_until(number: int, done: threading.Event) -> None:
    try:
        while not done.wait(_RENEW_SECONDS):
            moment = clock.now()
            ReaderLease.objects.filter(pk=number).update(
                renewed_at=moment, expires_at=moment + timedelta(seconds=LEASE_SECONDS)
            )
    finally:
        connection.close()
