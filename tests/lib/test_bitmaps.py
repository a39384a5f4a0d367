"""Sets of ids between memory, Arrow and the database's blocks."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap64

from lib import bitmaps

IDS = st.sets(st.one_of(st.integers(0, 300_000), st.integers(0, 2**50)), max_size=60)


@given(IDS)
def test_blocks_joined_are_the_set_again(ids: set[int]) -> None:
    members = BitMap64(ids)
    blocks = [(number, bitmaps.block_bytes(members, number)) for number in bitmaps.block_numbers(members)]
    assert [number for number, _ in blocks] == sorted({member >> 16 for member in ids})
    assert bitmaps.joined((number, low) for number, low in blocks if low is not None) == members


def test_a_block_knows_its_ids_and_no_others() -> None:
    members = BitMap64([65_535, 65_536, 65_540, 2**33])
    low = bitmaps.block_bytes(members, 1)
    assert low is not None
    assert [member for member in range(65_536, 65_550) if bitmaps.holds(low, member)] == [65_536, 65_540]
    assert bitmaps.block_bytes(members, 7) is None


def test_a_full_block_and_a_scattered_one_stay_near_eight_kilobytes() -> None:
    full = bitmaps.block_bytes(BitMap64(range(65_536)), 0)
    scattered = bitmaps.block_bytes(BitMap64(range(0, 65_536, 2)), 0)
    assert full is not None
    assert scattered is not None
    assert len(full) < 32
    assert len(scattered) <= 8_192 + 16


def test_a_column_in_slices_and_chunks_becomes_its_set() -> None:
    chunks = pa.chunked_array([pa.array([9, 1, 5], pa.int64()).slice(1), pa.array([], pa.int64()), pa.array([2**40])])
    assert bitmaps.from_arrow(chunks) == BitMap64([1, 5, 2**40])
    assert bitmaps.to_arrow(BitMap64([1, 5, 2**40])).to_pylist() == [1, 5, 2**40]
    assert bitmaps.from_arrow(pa.array([], pa.int64())) == BitMap64()


def test_a_column_with_a_null_is_refused() -> None:
    with pytest.raises(ValueError, match="nulls"):
        bitmaps.from_arrow(pa.array([1, None], pa.int64()))
