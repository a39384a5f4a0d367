"""Work is claimed by a lease with a fencing token (I5).

A row that stands for work inherits `Leased`. `claim` takes rows that nobody holds, `kept` renews their leases while
the work goes on, and `hold` must be called in the transaction that writes results: a worker that was paused past its
lease finds a higher fence there and writes nothing.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread
from typing import TypeVar

from django.db import Error as DatabaseError
from django.db import connection, connections, models, transaction
from django.db.models import F, Q, QuerySet

from lib import clock

logger = logging.getLogger(__name__)

BEATS_PER_LEASE = 3
"""A lease is renewed this often before it would run out, so that one lost beat costs nothing."""
MOST_IDLE = timedelta(seconds=30)
"""Between two statements of a transaction that locks a leased row."""


class LeaseLostError(Exception):
    """Somebody else holds the row now; nothing of ours may be written."""


class Leased(models.Model):
    """A row that one worker at a time may work on. `fence` grows with each claim and never shrinks."""

    fence = models.BigIntegerField(default=0, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True


Row = TypeVar("Row", bound=Leased)


def free(queryset: QuerySet[Row]) -> QuerySet[Row]:
    """The rows that nobody holds at this moment, by the database's clock."""
    return queryset.filter(Q(leased_until=None) | Q(leased_until__lt=clock.now()))


def claim(queryset: QuerySet[Row], *, seconds: float, limit: int = 1) -> list[Row]:
    """Take up to `limit` free rows of `queryset` for `seconds`; another claimer's rows are passed over."""
    with transaction.atomic():
        _end_if_paused(MOST_IDLE)
        rows = list(free(queryset).select_for_update(skip_locked=True, of=("self",))[:limit])
        return [take(row, seconds=seconds) for row in rows]


def take(row: Row, *, seconds: float) -> Row:
    """Make a row that the current transaction has locked ours for `seconds`, whoever held it before."""
    row.fence += 1
    row.leased_until = clock.now() + timedelta(seconds=seconds)
    row.save(update_fields=["fence", "leased_until"])
    return row


def renew(row: Leased, *, seconds: float) -> None:
    """Keep the row for `seconds` from now. Raises `LeaseLostError` when it has been claimed or given back since."""
    until = clock.now() + timedelta(seconds=seconds)
    ours = type(row)._default_manager.filter(pk=row.pk, fence=row.fence, leased_until__isnull=False)
    if not ours.update(leased_until=until):
        raise LeaseLostError(f"{row} was claimed by another worker")
    row.leased_until = until


def hold(row: Leased, *, idle: timedelta | None = None) -> None:
    """Lock the row until the end of the transaction. Raises `LeaseLostError` when it has been claimed since.

    PostgreSQL ends the transaction where nothing is asked in it for `idle` (`MOST_IDLE`), so that a process that is
    paused in it can't keep the row for ever.
    """
    _end_if_paused(idle or MOST_IDLE)
    model = type(row)
    held = model._default_manager.select_for_update(of=("self",)).filter(pk=row.pk, fence=row.fence)
    if not held.values_list("pk").first():
        raise LeaseLostError(f"{row} was claimed by another worker")


@contextmanager
def kept(rows: Sequence[Row], *, seconds: float) -> Iterator[None]:
    """Renew the leases of `rows` (one model) while the block runs, in a thread with a connection of its own.

    A row that was lost or given back is renewed no more; `hold` is what tells the worker. A database that does not
    answer is asked again at the next beat.
    """
    ended = Event()
    heart = Thread(target=_beat, args=(list(rows), seconds, ended), name="leases", daemon=True)
    heart.start()
    try:
        yield
    finally:
        ended.set()
        heart.join()


def _beat(rows: list[Row], seconds: float, ended: Event) -> None:
    try:
        while rows and not ended.wait(seconds / BEATS_PER_LEASE):
            try:
                rows = _renew_ours(rows, seconds)
            except DatabaseError as error:
                logger.warning("Leases could not be renewed and will be tried again: %s", error)
                connections.close_all()
    finally:
        connections.close_all()


def _renew_ours(rows: list[Row], seconds: float) -> list[Row]:
    """Renew all at once and answer which are still ours. Rows that our own storing transaction locks are passed over:
    nobody else can claim them meanwhile, and waiting would let the others run out."""
    model = type(rows[0])
    with transaction.atomic():
        _end_if_paused(MOST_IDLE)
        unlocked = model._default_manager.select_for_update(skip_locked=True, of=("self",))
        found = {
            pk: fence if until else None
            for pk, fence, until in unlocked.filter(pk__in=[row.pk for row in rows])
            .order_by("pk")
            .values_list("pk", "fence", "leased_until")
        }
        ours = [row for row in rows if found.get(row.pk, row.fence) == row.fence]
        renewed = [row.pk for row in ours if row.pk in found]
        until = clock.now() + timedelta(seconds=seconds)
        model._default_manager.filter(pk__in=renewed).update(leased_until=until)
    return ours


def _end_if_paused(most: timedelta) -> None:
    milliseconds = f"{most / timedelta(milliseconds=1):.0f}ms"
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('idle_in_transaction_session_timeout', %s, true)", [milliseconds])


def release(row: Leased) -> None:
    """Give the row back, if it is still ours; the fence stays."""
    type(row)._default_manager.filter(pk=row.pk, fence=row.fence).update(leased_until=None)
    row.leased_until = None


def fence_off(queryset: QuerySet[Row]) -> int:
    """Take every row away from whoever holds it; answers how many."""
    return queryset.update(fence=F("fence") + 1, leased_until=None)
