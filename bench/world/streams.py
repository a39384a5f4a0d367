"""Random numbers as a function of a stream's name and an index: the same on every machine and in every version.

numpy's own generators may change between its versions, and `power` and `log` differ in their last bit between
processors. Here are only splitmix64, and the operations that IEEE 754 defines exactly (+ - * / and square root).
"""

import hashlib
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

Numbers: TypeAlias = np.ndarray[Any, Any]
SEED = "segment registry 1"


def raw(stream: str, index: Numbers) -> Numbers:
    """64 random bits for each index."""
    start = np.uint64(int.from_bytes(hashlib.sha256(f"{SEED}:{stream}".encode()).digest()[:8], "little"))
    z = index.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + start
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def unit(stream: str, index: Numbers) -> Numbers:
    """A double in [0, 1) for each index."""
    return (raw(stream, index) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def below(stream: str, index: Numbers, limit: int) -> Numbers:
    """A whole number from 0 and under `limit` (at most 2^32) for each index."""
    return (((raw(stream, index) >> np.uint64(32)) * np.uint64(limit)) >> np.uint64(32)).astype(np.int64)


def chance(stream: str, index: Numbers, per_mille: int) -> Numbers:
    """True for so many of a thousand."""
    return below(stream, index, 1000) < per_mille


def pick(stream: str, index: Numbers, shares: Sequence[int]) -> Numbers:
    """The position of one of `shares`, which need not add up to anything, as often as its share says."""
    borders = np.cumsum(np.asarray(shares, dtype=np.int64))
    return np.searchsorted(borders, below(stream, index, int(borders[-1])), side="right")


def falling(count: int) -> list[int]:
    """Shares of `count` values of which the first is by far the most common (1, 1/2, 1/3, ...)."""
    return [60_000 // (position + 1) for position in range(count)]


def pareto(stream: str, index: Numbers, limit: float) -> Numbers:
    """Pareto's law with exponent 4/3: from 1 to `limit`, most of them small."""
    u = np.sqrt(1.0 - unit(stream, index))
    return np.minimum(1.0 / (u * np.sqrt(u)), limit)


def texts(codes: Numbers, values: Sequence[str], missing: Numbers | None = None) -> pa.Array:
    """The texts at these positions; null where `missing`."""
    positions = pa.array(codes.astype(np.int32), mask=missing)
    return pa.DictionaryArray.from_arrays(positions, pa.array(values)).cast(pa.string())


def instants(milliseconds: Numbers, missing: Numbers | None = None) -> pa.Array:
    """Instants from milliseconds since 1970."""
    return pa.array(milliseconds * 1000, type=pa.int64(), mask=missing).cast(pa.timestamp("us", tz="UTC"))
