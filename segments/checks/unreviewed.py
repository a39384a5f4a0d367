"""The date of the review has passed."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy

from segments.checks.base import Check, Finding, Severity
from segments.checks.world import World

TOO_LONG = timedelta(days=30)


class Unreviewed(Check):
    """Worth a look from the day on, a fault after a month: nobody knows whether it is still needed."""

    key = "unreviewed"
    title = gettext_lazy("Review overdue")

    def findings(self, world: World) -> Iterable[Finding]:
        """One for each whose date has passed."""
        return self._overdue(world)

    def _overdue(self, world: World) -> Iterator[Finding]:
        today = timezone.localtime(world.now).date()
        for segment in world.live:
            if segment.review_on is None or segment.review_on >= today:
                continue
            late = today - segment.review_on
            yield Finding(
                segment.pk,
                Severity.BAD if late > TOO_LONG else Severity.WARN,
                f"The review was due on {segment.review_on:%-d %b %Y}, {late.days} days ago.",
                "Decide in the review queue: keep, change, merge or retire it.",
                numbers={"days": late.days},
            )
