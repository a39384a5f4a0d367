"""The stable share of a segment that gets nothing, so that there is somebody to compare with.

Who is in it depends on the segment and the person alone: every activation of the segment leaves the same people out,
today and later, and a larger share holds all of a smaller one.
"""

from pyroaring import BitMap64

from activations.engine.sources import chunks

_MASK = 2**64 - 1
_TURN = 0x9E3779B97F4A7C15
"""The constants are those of SplitMix64, whose output is even over all bits for inputs as alike as ids are."""


def without(segment_id: int, percent: int, members: BitMap64) -> BitMap64:
    """The members who are not held out."""
    if not percent:
        return members
    limit = percent * 2**64 // 100
    kept = BitMap64()
    for ids in chunks(members):
        kept.update(member for member in ids if _lot(segment_id, member) >= limit)
    return kept


def _lot(segment_id: int, member: int) -> int:
    """A number below 2^64 that looks drawn by chance."""
    lot = (member + segment_id * _TURN * _TURN + _TURN) & _MASK
    lot = ((lot ^ (lot >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    lot = ((lot ^ (lot >> 27)) * 0x94D049BB133111EB) & _MASK
    return lot ^ (lot >> 31)
