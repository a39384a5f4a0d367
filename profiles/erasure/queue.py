"""Which erasures there is something to do for, by the database's clock."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q, QuerySet

from lib import clock, leases
from lib.doorbells import Bell
from profiles.models import Erasure

ASKED = Bell("erasures")
"""Rings once somebody has been erased: the rest can be removed."""

LONGEST_WAIT = timedelta(minutes=5)
SHORTEST_WAIT = timedelta(seconds=2)


def workable() -> QuerySet[Erasure]:
    """What may be worked on now, the oldest first."""
    due = Q(next_attempt_at=None) | Q(next_attempt_at__lte=clock.now())
    return leases.free(Erasure.objects.filter(due, state__in=Erasure.OPEN)).order_by("id")


def claim() -> Erasure | None:
    """Take the next one. Should its worker end without a word, it is tried again, later each time."""
    claimed = leases.claim(workable(), seconds=settings.LEASE_SECONDS)
    if not claimed:
        return None
    erasure = claimed[0]
    erasure.attempts += 1
    erasure.next_attempt_at = clock.now() + min(SHORTEST_WAIT * 2 ** min(erasure.attempts, 10), LONGEST_WAIT)
    erasure.save(update_fields=["attempts", "next_attempt_at"])
    return erasure
