"""Reader leases: while one is there, no file of the versions that it names is deleted."""

import json
import os
import threading
import time
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
    _keeper().add(lease)
    try:
        yield
    finally:
        _keeper().remove(lease)
        with connection.cursor() as cursor:
            cursor.execute(f"{_QUICK} DELETE FROM profiles_readerlease USING quick WHERE id = %s", [lease])  # noqa: S608


class _Keeper:
    """Renews the leases of a process from one thread, which ends when there are none and is started when it is needed:
    most snapshots are closed long before it has anything to do."""

    def __init__(self) -> None:
        self._leases: set[int] = set()
        self._thread: threading.Thread | None = None
        self._changing = threading.Lock()

    def add(self, lease: int) -> None:
        with self._changing:
            self._leases.add(lease)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._renew, name="lake readers", daemon=True)
                self._thread.start()

    def remove(self, lease: int) -> None:
        with self._changing:
            self._leases.discard(lease)

    def _renew(self) -> None:
        while leases := self._after_a_while():
            try:
                moment = clock.now()
                ReaderLease.objects.filter(pk__in=leases).update(
                    renewed_at=moment, expires_at=moment + timedelta(seconds=LEASE_SECONDS)
                )
            finally:
                connection.close()

    def _after_a_while(self) -> frozenset[int]:
        """The leases that are there then; the thread is over once there is none."""
        time.sleep(_RENEW_SECONDS)
        with self._changing:
            if not self._leases:
                self._thread = None
            return frozenset(self._leases)


_keepers: dict[int, _Keeper] = {}


def _keeper() -> _Keeper:
    return _keepers.setdefault(os.getpid(), _Keeper())  # a forked child has other leases, and none of the threads
