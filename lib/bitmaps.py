"""Sets of ids as roaring bitmaps: whole in memory, in blocks of `id >> 16` in the database.

A block holds the low 16 bits of its ids as a serialised 32-bit `BitMap`, about 8 KB at most whatever it holds. One id
more or less changes one block, and asking for one id reads one block.
"""

from array import array
from collections.abc import Iterable, Iterator

import pyarrow as pa
from pyroaring import BitMap, BitMap64

BLOCK_BITS = 16
BLOCK_SIZE = 1 << BLOCK_BITS

# The portable 64-bit format is a count of parts and then, per part, the high 32 bits and a 32-bit bitmap. Ids moved to
# below 2^16 make one part with high bits 0, so its bytes after this header are the 32-bit bitmap itself.
_ONE_PART = bytes([1]) + bytes(11)


def from_arrow(ids: pa.Array | pa.ChunkedArray) -> BitMap64:
    """The set of a column of integers from 0. Raises ValueError where it holds nulls or negative numbers."""
    if ids.null_count:
        raise ValueError("A column of ids holds nulls; select only rows that have one.")
    members = BitMap64()
    for chunk in ids.chunks if isinstance(ids, pa.ChunkedArray) else [ids]:
        members |= _set_of(chunk)
    return members


def _set_of(ids: pa.Array) -> BitMap64:
    """By way of a 32-bit bitmap where the ids are that small: it takes the numbers in several times as fast."""
    try:
        small = ids.cast(pa.uint32())
    except pa.ArrowInvalid:
        return BitMap64(_numbers("Q", ids.cast(pa.uint64())))
    return BitMap64.deserialize(_ONE_PART + BitMap(_numbers("I", small)).serialize())


def _numbers(kind: str, ids: pa.Array) -> "array[int]":
    """The numbers as the one kind of sequence that a bitmap reads without making Python integers."""
    numbers = array(kind)
    values, width = ids.buffers()[1], numbers.itemsize
    if values is not None:
        numbers.frombytes(memoryview(values)[ids.offset * width : (ids.offset + len(ids)) * width])
    return numbers


def to_arrow(members: BitMap64) -> pa.Array:
    """The ids from small to large, as 64-bit integers."""
    return pa.Array.from_buffers(pa.int64(), len(members), [None, pa.py_buffer(members.to_array())])


def block_of(member: int) -> int:
    """The number of the block that an id belongs to."""
    return member >> BLOCK_BITS


def block_numbers(members: BitMap64) -> Iterator[int]:
    """The blocks in which a set has ids, from low to high."""
    following = next(members.iter_equal_or_larger(0), None)
    while following is not None:
        block = block_of(following)
        yield block
        following = next(members.iter_equal_or_larger((block + 1) << BLOCK_BITS), None)


def block_bytes(members: BitMap64, block: int) -> bytes | None:
    """What the database keeps for one block of a set; None where it has no ids."""
    start = block << BLOCK_BITS
    part = members & BitMap64(range(start, start + BLOCK_SIZE))
    if not part:
        return None
    low = part.shift(-start)
    low.run_optimize()
    return bytes(low.serialize()[len(_ONE_PART) :])


def joined(blocks: Iterable[tuple[int, bytes]]) -> BitMap64:
    """The set whose blocks are given, in any order."""
    members = BitMap64()
    for block, low in blocks:
        members |= BitMap64.deserialize(_ONE_PART + low).shift(block << BLOCK_BITS)
    return members


def holds(low: bytes, member: int) -> bool:
    """Whether a block, as the database keeps it, holds this id of it."""
    return (member & (BLOCK_SIZE - 1)) in BitMap.deserialize(low)
