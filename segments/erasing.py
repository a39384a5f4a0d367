"""What becomes of memberships when a profile is erased.

Sets that are kept up to date lose the member by the signal that its end has left, so that whoever follows changes is
told; the others lose it here. What runs have stored of who entered and left stays: numbers that lead to nobody.
"""

from collections.abc import Mapping

from lib import bitmaps
from profiles.followers import Remain
from profiles.models import Unit
from segments import membership
from segments.models import MembershipBlock, Segment


def forget(profile: int) -> Mapping[str, int]:
    """Take an erased person out of the members of segments that are paused or retired."""
    idle = [pk for pk, state, _ in _holding(profile) if state != Segment.State.LIVE]
    for pk in idle:
        membership.drop(pk, profile)
    return {"memberships": len(idle)}


def remains(profile: int) -> list[Remain]:
    """The segments that still count an erased person."""
    return [Remain(f"the members of the segment “{name}”", "its next count") for _, _, name in _holding(profile)]


def _holding(profile: int) -> list[tuple[int, str, str]]:
    """Segment, its state and its name, of those that have this member."""
    blocks = MembershipBlock.objects.filter(segment__unit=Unit.PROFILE, block=bitmaps.block_of(profile))
    rows = blocks.order_by("segment").values_list("segment", "segment__state", "segment__name", "members")
    return [(pk, state, name) for pk, state, name, members in rows if bitmaps.holds(bytes(members), profile)]
