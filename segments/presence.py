"""Which segments one customer is in, and which not, as the last good runs have left it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Subquery

from accounts import policy
from accounts.actors import Actor
from accounts.policy import Action
from lib import bitmaps
from segments import selectors
from segments.models import MembershipBlock, Segment

KEPT = (Segment.State.LIVE, Segment.State.PAUSED)


@dataclass(frozen=True, slots=True)
class Presence:
    """A segment, and whether the customer is in its stored set."""

    segment: Segment
    is_member: bool


def presence(*, actor: Actor, unit: str, member: int) -> list[Presence]:
    """Every live or paused segment of the unit that the actor may know of, by name; in one query.

    Raises `PermissionDenied` for who may not see who is in a segment.
    """
    policy.require(actor, Action.READ_MEMBERS)
    block = MembershipBlock.objects.filter(segment=OuterRef("pk"), block=bitmaps.block_of(member))
    rows: Any = (
        selectors.segments(actor=actor)
        .filter(unit=unit, state__in=KEPT)
        .select_related("team")
        .annotate(low=Subquery(block.values("members")[:1]))
    )
    return [Presence(row, row.low is not None and bitmaps.holds(bytes(row.low), member)) for row in rows]
