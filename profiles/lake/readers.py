"""Reader leases: while one is there, no file of the versions that it names is deleted."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection

from lib import clock
from profiles.models import ReaderLease

LEASE_SECONDS = 120
_RENEW_SECONDS = 30
_QUICK = "WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))"


def take(versions: Mapping[str, int]) -> int:
    """Take a lease on these versions, table → version, in the transaction that has read the pointers; its number.

    It need not survive a crash of Postgres, whose readers die with it: the commit does not wait for the disk.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_QUICK} INSERT INTO profiles_readerlease (versions, renewed_at, expires_at)"  # noqa: S608  our own names
            " SELECT %s::jsonb, clock_timestamp(), clock_timestamp() + make_interval(secs => %s) FROM quick"
            " RETURNING id",
            [json.dumps(dict(versions)), LEASE_SECONDS],
        )
        row = cursor.fetchone()
    assert row is not None  # one row was inserted
    return int(row[0])


@contextmanager
def kept(lease: int) -> Iterator[None]:
    """Renew a lease as long as the block lasts, then give it back."""
    done = threading.Event()
    keeper = threading.Thread(target=_renew_until, args=(lease, done), name=f"lake reader {lease}", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        done.set()
        keeper.join()
        with connection.cursor() as cursor:
            cursor.execute(f"{_QUICK} DELETE FROM profiles_readerlease USING quick WHERE id = %s", [lease])  # noqa: S608


def _renew_until(number: int, done: threading.Event) -> None:
    try:
        while not done.wait(_RENEW_SECONDS):
            moment = clock.now()
            ReaderLease.objects.filter(pk=number).update(
                renewed_at=moment, expires_at=moment + timedelta(seconds=LEASE_SECONDS)
            )
    finally:
        connection.close()
