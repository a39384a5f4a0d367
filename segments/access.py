"""The part of the segments in what is held about one person."""

from collections.abc import Iterable, Mapping
from typing import Any

from lib import bitmaps
from profiles.models import Unit
from segments.models import MembershipBlock, Segment
from segments.moves import moves_of


def held(profile: int) -> Mapping[str, Iterable[Mapping[str, Any]]]:
    """`memberships`: the segments that they are in; `moves`: when they entered and left which, newest first."""
    blocks = MembershipBlock.objects.filter(segment__unit=Unit.PROFILE, block=bitmaps.block_of(profile))
    rows = blocks.order_by("segment__key").values_list("segment__key", "segment__name", "members")
    inside = [{"segment": key, "name": name} for key, name, low in rows if bitmaps.holds(bytes(low), profile)]
    return {"memberships": inside, "moves": _moves(profile)}


def _moves(profile: int) -> list[dict[str, Any]]:
    keys = dict(Segment.objects.filter(unit=Unit.PROFILE).values_list("pk", "key"))
    return [
        {"segment": keys[move.segment_id], "what": "entered" if move.is_entry else "left", "at": move.at}
        for move in moves_of(list(keys), profile)
    ]
