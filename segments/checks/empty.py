"""Nobody is in it."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy

from segments.checks.base import Check, Finding, Severity
from segments.checks.world import World


class Empty(Check):
    """The last good run has found nobody."""

    key = "empty"
    title = gettext_lazy("Empty")

    def findings(self, world: World) -> Iterable[Finding]:
        """One for each that was counted and has no members."""
        return [
            Finding(
                segment.pk,
                Severity.WARN,
                f"None of {world.populations[segment.unit]:,} is a member.",
                "Open the rule: the small bars show which condition removes the most.",
                numbers={"members": 0},
            )
            for segment in world.counted
            if not world.members(segment)
        ]
