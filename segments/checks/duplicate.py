"""The same rule twice."""

from collections import defaultdict
from collections.abc import Iterable

from django.utils.translation import gettext_lazy

from segments.checks.base import Check, Finding, Severity
from segments.checks.world import World
from segments.models import Segment


class Duplicate(Check):
    """Equal normal forms: the two can never differ."""

    key = "duplicate"
    title = gettext_lazy("Same rule")

    def findings(self, world: World) -> Iterable[Finding]:
        """One for each segment and each other one with its rule."""
        by_rule: dict[str, list[Segment]] = defaultdict(list)
        for segment in world.live:
            assert segment.published is not None
            by_rule[segment.published.sha256].append(segment)
        return [
            Finding(
                segment.pk,
                Severity.WARN,
                f"“{other.name}” of {other.team} has the very same rule.",
                "Merge the two: change what uses one of them over, and retire it.",
                subject=other.key,
            )
            for segments in by_rule.values()
            for segment in segments
            for other in segments
            if other is not segment
        ]
