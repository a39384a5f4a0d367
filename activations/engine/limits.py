"""Keeps to the rate and the concurrency of a connection, whoever else sends through it.

The rate is a leaky bucket in one row: each call costs `seconds / calls`, and as many are let through at once as the
bucket holds. Who is not let through soon gives its run back instead of sleeping on it.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import connection as database
from django.db import transaction

from activations.destinations.base import Rate, TransientError
from activations.models import Connection, Slot
from lib import leases

LONGEST_SLEEP = 5.0
"""Seconds; a longer wait is for the run's next attempt."""
BUSY_WAIT = timedelta(seconds=5)

_PAY = """
    INSERT INTO activations_pace AS pace (connection_id, paid_until)
    VALUES (%(connection)s, clock_timestamp() + make_interval(secs => %(cost)s))
    ON CONFLICT (connection_id)
    DO UPDATE SET paid_until = greatest(pace.paid_until, clock_timestamp()) + make_interval(secs => %(cost)s)
    RETURNING extract(epoch FROM paid_until - clock_timestamp()) - %(most)s
"""
_HOLD_BACK = """
    INSERT INTO activations_pace AS pace (connection_id, paid_until)
    VALUES (%(connection)s, clock_timestamp() + make_interval(secs => %(wait)s))
    ON CONFLICT (connection_id) DO UPDATE SET paid_until = greatest(pace.paid_until, excluded.paid_until)
"""


class BusyError(TransientError):
    """Others use up what the connection allows; nothing is wrong with the tool."""


def pacer(connection: Connection, rate: Rate | None) -> Callable[[], None]:
    """What a destination calls before each call outside. Raises `BusyError` for a wait that is too long to sleep."""

    def pace() -> None:
        if rate is not None:
            time.sleep(_pay(connection.pk, rate))

    return pace


def hold_back(connection: Connection, rate: Rate | None, wait: timedelta) -> None:
    """Let nobody through for a time that the tool has asked for."""
    if rate is not None:
        with database.cursor() as cursor:
            most = rate.seconds
            cursor.execute(_HOLD_BACK, {"connection": connection.pk, "wait": wait.total_seconds() + most})


@contextmanager
def slot(connection: Connection, concurrency: int | None) -> Iterator[None]:
    """One of the runs at a time that the connection takes. Raises `BusyError` where others are using all of them."""
    if concurrency is None:
        yield
        return
    rows = [Slot(connection=connection, number=number) for number in range(concurrency)]
    Slot.objects.bulk_create(rows, ignore_conflicts=True)
    mine = Slot.objects.filter(connection=connection, number__lt=concurrency)
    taken = leases.claim(mine, seconds=settings.LEASE_SECONDS)
    if not taken:
        raise BusyError(f"The connection takes {concurrency} syncs at a time, and as many are under way.", BUSY_WAIT)
    try:
        with leases.kept(taken, seconds=settings.LEASE_SECONDS):
            yield
    finally:
        Slot.objects.filter(pk=taken[0].pk, fence=taken[0].fence).update(leased_until=None)


def _pay(connection_id: int, rate: Rate) -> float:
    """Seconds to wait before the call that is paid for. Raises `BusyError`, and then nothing was paid."""
    cost, most = rate.seconds / rate.calls, rate.seconds
    with transaction.atomic(), database.cursor() as cursor:
        cursor.execute(_PAY, {"connection": connection_id, "cost": cost, "most": most})
        row = cursor.fetchone()
        wait = max(0.0, float(row[0])) if row else 0.0
        if wait > LONGEST_SLEEP:
            raise BusyError("The connection's rate is used up for now.", timedelta(seconds=wait))
    return wait
