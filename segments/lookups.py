"""Which of some members are in which of some segments, in one query."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from pyroaring import BitMap

from lib import bitmaps
from segments.models import MembershipBlock, Segment
from segments.runs.due import good_runs


def with_counted(segments: QuerySet[Segment]) -> QuerySet[Any]:
    """Adds `is_counted`: whether it was ever, so that who is not in its set is not a member."""
    return segments.annotate(is_counted=Exists(good_runs().filter(segment=OuterRef("pk"))))


def holders(segment_ids: Collection[int], members: Collection[int]) -> Mapping[int, set[int]]:
    """Member → the segments, of these, whose stored set holds it."""
    by_block: dict[int, list[int]] = defaultdict(list)
    for member in members:
        by_block[bitmaps.block_of(member)].append(member)
    rows = MembershipBlock.objects.filter(segment__in=segment_ids, block__in=by_block)
    found: dict[int, set[int]] = defaultdict(set)
    for segment, block, low in rows.values_list("segment_id", "block", "members").iterator(chunk_size=500):
        ids = BitMap.deserialize(bytes(low))
        for member in by_block[block]:
            if member & (bitmaps.BLOCK_SIZE - 1) in ids:
                found[member].add(segment)
    return found
