"""How `ignore_case` compares: both sides folded by Unicode's simple lower-case mapping."""

from functools import cache
from typing import Final

DOTTED_I: Final = "\u0130"
FINAL_SIGMA: Final = "\u03c2"
SIGMA: Final = "\u03c3"
_BLOCK: Final = 0x1000

Range = tuple[str, str]
"""The first and the last character of a run of code points, both in it."""


def fold(text: str) -> str:
    """The text as `ignore_case` compares it; as long in code points as it was.

    Python's `lower` differs from the simple mapping in two letters only: the dotted capital I becomes two code
    points, and a sigma at the end of a word becomes the final one. Both are taken out of its way.
    """
    return text.replace(DOTTED_I, "i").lower().replace(FINAL_SIGMA, SIGMA)


@cache
def _changed() -> tuple[tuple[int, str], ...]:
    """Every code point that folding changes, with what it becomes, in order; most blocks have none."""
    found: list[tuple[int, str]] = []
    for start in range(0, 0x110000, _BLOCK):
        block = "".join(map(chr, range(start, start + _BLOCK)))
        folded = fold(block)
        if folded != block:
            found.extend((ord(old), new) for old, new in zip(block, folded, strict=True) if old != new)
    return tuple(found)


def fold_ranges(ranges: tuple[Range, ...]) -> tuple[Range, ...]:
    """The set of what the characters of the ranges fold to, as sorted ranges that do not touch."""
    folded: list[Range] = []
    for first, last in ranges:
        start = ord(first)
        for point, becomes in _changed():
            if ord(first) <= point <= ord(last):
                folded.append((becomes, becomes))
                if start < point:
                    folded.append((chr(start), chr(point - 1)))
                start = point + 1
        if start <= ord(last):
            folded.append((chr(start), last))
    return merge_ranges(tuple(folded))


def merge_ranges(ranges: tuple[Range, ...]) -> tuple[Range, ...]:
    """The same set of characters as sorted ranges that neither overlap nor touch."""
    merged: list[Range] = []
    for first, last in sorted(ranges):
        if merged and ord(first) <= ord(merged[-1][1]) + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return tuple(merged)
