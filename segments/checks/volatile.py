"""Members come and go so fast that nothing can be done for them in between."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.db.models import Sum
from django.utils.translation import gettext_lazy

from segments.checks.base import Check, Finding, Severity
from segments.checks.world import World
from segments.models import Run

WINDOW = timedelta(days=7)
MOST = 1.0
"""Entries and exits of a week, together, for each member."""
FEWEST = 20
"""Below so many members a few people are a large share."""


class Volatile(Check):
    """More entries and exits within a week than members; the first days of a version are not counted."""

    key = "volatile"
    title = gettext_lazy("Volatile")

    def findings(self, world: World) -> Iterable[Finding]:
        """One for each that is too fast."""
        return self._fast(world)

    def _fast(self, world: World) -> Iterator[Finding]:
        since = world.now - WINDOW
        runs = Run.objects.filter(state=Run.State.SUCCEEDED, as_of__gte=since).exclude(trigger=Run.Trigger.PUBLISHED)
        rows = runs.values("segment").order_by().annotate(came=Sum("entered"), went=Sum("left"))
        moved = {row["segment"]: (row["came"] or 0, row["went"] or 0) for row in rows}
        for segment in world.counted:
            assert segment.published is not None
            published_at = segment.published.published_at
            came, went = moved.get(segment.pk, (0, 0))
            members = len(world.members(segment))
            if published_at is None or published_at > since or members < FEWEST or came + went <= MOST * members:
                continue
            yield Finding(
                segment.pk,
                Severity.WARN,
                f"Within 7 days {came:,} entered and {went:,} left, of {members:,} members.",
                "Lengthen the time spans of the rule, or ask for an event to have happened more than once.",
                numbers={"members": members, "entered": came, "left": went},
            )
