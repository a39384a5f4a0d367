"""Two segments that are the same people, or the same rule."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations

from django.utils.translation import gettext_lazy

from segments.checks.base import Check, Finding, Severity
from segments.checks.world import World
from segments.models import Segment

MOST = 0.9
"""The share of each that may be in the other."""
FEWEST = 20
"""Below so many members a share says little."""


class Overlap(Check):
    """More than 90 % of each are in the other: one of them would do."""

    key = "overlap"
    title = gettext_lazy("Nearly the same")

    def findings(self, world: World) -> Iterable[Finding]:
        """Two for each pair, one at either segment."""
        by_unit: dict[str, list[Segment]] = defaultdict(list)
        for segment in world.counted:
            if len(world.members(segment)) >= FEWEST:
                by_unit[segment.unit].append(segment)
        for segments in by_unit.values():
            segments.sort(key=lambda segment: len(world.members(segment)))
            for one, other in combinations(segments, 2):
                yield from self._pair(world, one, other)

    def _pair(self, world: World, smaller: Segment, larger: Segment) -> Iterator[Finding]:
        few, many = world.members(smaller), world.members(larger)
        if len(few) <= MOST * len(many):
            return  # most of the larger can't be in the smaller, whoever they are
        both = few.intersection_cardinality(many)
        if both <= MOST * len(many):
            return
        for segment, beside in ((smaller, larger), (larger, smaller)):
            share = both / len(world.members(segment))
            yield Finding(
                segment.pk,
                Severity.WARN,
                f"{both:,} of its {len(world.members(segment)):,} members ({share:.0%}) are in “{beside.name}” too.",
                f"Merge it with “{beside.name}”, or make the rules say what tells the two apart.",
                subject=beside.key,
                numbers={"both": both, "share": round(share, 4)},
            )
