"""Too small to be worth it, too large to tell anybody apart, or not of the size that its contract expects."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext_lazy

from segments.checks.base import Check, Finding, Severity
from segments.checks.world import World
from segments.models import Segment

FEWEST = 10
"""Fewer members carry no treatment of their own, unless the contract expects so few."""
MOST = 0.8
"""A larger share of the population is not a segment but nearly everybody."""
SUBSTANTIAL = 100
"""In a smaller population neither is told."""


class Size(Check):
    """The test "substantial", by the contract's own range where it names one."""

    key = "size"
    title = gettext_lazy("Unexpected size")

    def findings(self, world: World) -> Iterable[Finding]:
        """One for each that has members and the wrong number of them."""
        return self._off(world)

    def _off(self, world: World) -> Iterator[Finding]:
        for segment in world.counted:
            members = len(world.members(segment))
            if not members:
                continue  # `Empty` says so
            expected = self._expected(segment, world.populations[segment.unit])
            if expected is None:
                continue
            least, most, why, next_step = expected
            if not least <= members <= most:
                numbers = {"members": members, "least": least, "most": most}
                evidence = f"It has {members:,} members; {why}."
                yield Finding(segment.pk, Severity.WARN, evidence, next_step, numbers=numbers)

    def _expected(self, segment: Any, population: int) -> tuple[int, int, str, str] | None:
        least, most = segment.expected_least, segment.expected_most
        if least is not None or most is not None:
            step = "Look whether the rule or the data has changed; else change the size that the contract expects."
            return least or 0, most if most is not None else population, f"expected are {_range(segment)}", step
        if population < SUBSTANTIAL:
            return None
        step = "Widen or narrow the rule, merge it with another, or write the size that you expect into the contract."
        why = f"usual are {FEWEST} to {MOST:.0%} of {population:,}"
        return FEWEST, int(population * MOST), why, step


def _range(segment: Segment) -> str:
    least, most = segment.expected_least, segment.expected_most
    if least is None:
        return f"at most {most:,}"
    return f"at least {least:,}" if most is None else f"{least:,} to {most:,}"
