"""Which of some members are in which of some segments: a question that is asked many times a second."""

from collections import OrderedDict, defaultdict
from collections.abc import Collection, Iterable, Mapping
from threading import Lock

from pyroaring import BitMap

from lib import bitmaps
from lib.prepared import Statement
from segments.runs.due import good_runs

MOST_BLOCKS = 4096
"""Blocks that a process keeps: at most 8 KB each, 32 MB in all."""

_SEEN = Statement("""
    SELECT segment_id, block, xmin::text FROM segments_membershipblock
     WHERE segment_id = ANY(string_to_array(%s, ',')::bigint[]) AND block = ANY(string_to_array(%s, ',')::bigint[])
""")
_READ = Statement("""
    SELECT segment_id, block, xmin::text, members FROM segments_membershipblock
     WHERE (segment_id, block) IN (SELECT * FROM unnest(%s::bigint[], %s::bigint[]))
""")

Place = tuple[int, int]
"""Segment and block."""


class Blocks:
    """The blocks that were looked at last, each with the transaction that wrote it.

    That is asked of the database each time, so an answer is never older than the last commit; only the bytes of blocks
    that were written since are read again.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[Place, tuple[str, BitMap]] = OrderedDict()
        self._lock = Lock()

    def read(self, segment_ids: Collection[int], numbers: Collection[int]) -> dict[Place, BitMap]:
        """The blocks with these numbers, of those segments that have them."""
        written = _SEEN.all(_listed(segment_ids), _listed(numbers))
        found, others = self._known(written)
        if others:
            found |= self._keep(_READ.all([place[0] for place in others], [place[1] for place in others]))
        return found

    def _known(self, written: Iterable[tuple[int, int, str]]) -> tuple[dict[Place, BitMap], list[Place]]:
        found, others = {}, []
        with self._lock:
            kept_of, touch = self._kept.get, self._kept.move_to_end
            for segment, block, by in written:
                place = segment, block
                kept = kept_of(place)
                if kept is not None and kept[0] == by:
                    touch(place)
                    found[place] = kept[1]
                else:
                    others.append(place)
        return found, others

    def _keep(self, rows: Iterable[tuple[int, int, str, bytes]]) -> dict[Place, BitMap]:
        read = {(segment, block): (by, BitMap.deserialize(bytes(low))) for segment, block, by, low in rows}
        with self._lock:
            self._kept.update(read)
            while len(self._kept) > MOST_BLOCKS:
                self._kept.popitem(last=False)
        return {place: members for place, (_, members) in read.items()}


_blocks = Blocks()


def _listed(numbers: Iterable[int]) -> str:
    """One text as parameter: writing an array of hundreds takes psycopg longer than the query takes."""
    return ",".join(map(str, numbers))


def holders(segment_ids: Collection[int], members: Collection[int]) -> Mapping[int, Mapping[int, bool | None]]:
    """Member → segment → whether its stored set holds them; None for a segment that was never counted."""
    by_block: dict[int, list[int]] = defaultdict(list)
    for member in members:
        by_block[bitmaps.block_of(member)].append(member)
    read = _blocks.read(segment_ids, by_block)
    counted = _counted(segment_ids, {segment for segment, _ in read})
    return {member: _of_member(member, segment_ids, read, counted) for member in members}


def _of_member(
    member: int, segment_ids: Collection[int], read: Mapping[Place, BitMap], counted: Collection[int]
) -> dict[int, bool | None]:
    number, low = bitmaps.block_of(member), member & (bitmaps.BLOCK_SIZE - 1)
    found: dict[int, bool | None] = {segment: None if segment not in counted else False for segment in segment_ids}
    for (segment, block), members in read.items():
        if block == number and segment in found:
            found[segment] = low in members
    return found


def _counted(segment_ids: Collection[int], with_blocks: set[int]) -> set[int]:
    """Those that have been counted at least once: who is not in their set is not a member."""
    others = [segment for segment in segment_ids if segment not in with_blocks]
    if not others:
        return with_blocks
    runs = good_runs().filter(segment__in=others).order_by()
    return with_blocks | set(runs.values_list("segment", flat=True).distinct())
