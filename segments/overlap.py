"""How far segments are the same people, from their stored members: in pairs, all by all, and three at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from pyroaring import BitMap64

from segments import membership
from segments.models import Segment

MOST_IN_A_VENN = 3


@dataclass(frozen=True, slots=True)
class Pair:
    """Two segments: how many each has, and how many are in both."""

    one: Segment
    other: Segment
    of_one: int
    of_other: int
    both: int

    @property
    def share(self) -> float:
        """Of the members of `one`, how many are in `other` too: from 0 to 1, 0 where it has none."""
        return self.both / self.of_one if self.of_one else 0.0

    @property
    def alike(self) -> float:
        """Of all who are in either, how many are in both: 1 for the same people."""
        either = self.of_one + self.of_other - self.both
        return self.both / either if either else 0.0


@dataclass(frozen=True, slots=True)
class Matrix:
    """Every segment against every other one. `both` is by the places of two segments, the lower one first."""

    segments: Sequence[Segment]
    sizes: Sequence[int]
    both: Mapping[tuple[int, int], int]

    def pair(self, one: int, other: int) -> Pair:
        """The segments at two places, which may be the same."""
        shared = self.sizes[one] if one == other else self.both[min(one, other), max(one, other)]
        return Pair(self.segments[one], self.segments[other], self.sizes[one], self.sizes[other], shared)

    def rows(self) -> list[list[Pair]]:
        """A row per segment: it against each, itself included."""
        places = range(len(self.segments))
        return [[self.pair(one, other) for other in places] for one in places]

    def most_alike(self) -> list[Pair]:
        """All pairs that have anybody in common, the likest first."""
        pairs = [self.pair(*places) for places, shared in self.both.items() if shared]
        return sorted(pairs, key=lambda pair: (-pair.alike, pair.one.key, pair.other.key))


def matrix(segments: Sequence[Segment]) -> Matrix:
    """All pairs of these segments, which count the same unit; their members are read in one query."""
    members = membership.load_many([segment.pk for segment in segments])
    sets = [members[segment.pk] for segment in segments]
    both = {
        (one, other): sets[one].intersection_cardinality(sets[other])
        for one, other in combinations(range(len(sets)), 2)
    }
    return Matrix(segments, [len(found) for found in sets], both)


def neighbours(segment: Segment, others: Sequence[Segment]) -> list[Pair]:
    """A segment against each of the others that has somebody in common with it, the likest first."""
    members = membership.load_many([segment.pk, *(other.pk for other in others)])
    own = members[segment.pk]
    pairs = [
        Pair(segment, other, len(own), len(members[other.pk]), own.intersection_cardinality(members[other.pk]))
        for other in others
    ]
    return sorted((pair for pair in pairs if pair.both), key=lambda pair: (-pair.alike, pair.other.key))


@dataclass(frozen=True, slots=True)
class Region:
    """Those who are in all of `inside`, and in none of the others that were asked for."""

    inside: tuple[str, ...]
    members: int


def venn(segments: Sequence[Segment]) -> list[Region]:
    """Every region of two or three segments by keys, empty ones too. Raises `ValueError` for another number."""
    if not 2 <= len(segments) <= MOST_IN_A_VENN:
        raise ValueError(f"A Venn diagram is of two or three segments, not of {len(segments)}.")
    members = membership.load_many([segment.pk for segment in segments])
    regions = []
    for size in range(1, len(segments) + 1):
        for inside in combinations(segments, size):
            outside = [members[each.pk] for each in segments if each not in inside]
            found = BitMap64.intersection(*(members[each.pk] for each in inside)) if size > 1 else members[inside[0].pk]
            regions.append(
                Region(tuple(each.key for each in inside), len(found - BitMap64.union(*outside, BitMap64())))
            )
    return regions
