"""Work is claimed by a lease with a fencing token (I5).

A row that stands for work inherits `Leased`. `claim` takes rows that nobody holds, `renew` keeps one, and `hold` must
be called in the transaction that writes results: a worker that was paused past its lease finds a higher fence there
and writes nothing.
"""

from datetime import timedelta
from typing import TypeVar

from django.db import models, transaction
from django.db.models import F, Q, QuerySet

from lib import clock


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
        rows = list(free(queryset).select_for_update(skip_locked=True, of=("self",))[:limit])
        until = clock.now() + timedelta(seconds=seconds)
        for row in rows:
            row.fence += 1
            row.leased_until = until
            row.save(update_fields=["fence", "leased_until"])
    return rows


def renew(row: Leased, *, seconds: float) -> None:
    """Keep the row for `seconds` from now. Raises `LeaseLostError` when it has been claimed since."""
    until = clock.now() + timedelta(seconds=seconds)
    kept = type(row)._default_manager.filter(pk=row.pk, fence=row.fence).update(leased_until=until)
    if not kept:
        raise LeaseLostError(f"{row} was claimed by another worker")
    row.leased_until = until


def hold(row: Leased) -> None:
    """Lock the row until the end of the transaction. Raises `LeaseLostError` when it has been claimed since."""
    model = type(row)
    held = model._default_manager.select_for_update(of=("self",)).filter(pk=row.pk, fence=row.fence)
    if not held.values_list("pk").first():
        raise LeaseLostError(f"{row} was claimed by another worker")


def release(row: Leased) -> None:
    """Give the row back, if it is still ours; the fence stays."""
    type(row)._default_manager.filter(pk=row.pk, fence=row.fence).update(leased_until=None)
    row.leased_until = None


def fence_off(queryset: QuerySet[Row]) -> int:
    """Take every row away from whoever holds it; answers how many."""
    return queryset.update(fence=F("fence") + 1, leased_until=None)
