"""Something that the definition names does not work."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy

from segments.checks.base import Check, Finding, Severity
from segments.checks.world import World
from segments.health import Health
from segments.models import Segment


class Dependency(Check):
    """It names a segment that is paused, or whose last refresh has failed: its own number is no newer than that."""

    key = "dependency"
    title = gettext_lazy("Dependency broken")

    def findings(self, world: World) -> Iterable[Finding]:
        """One for each segment that is named and does not work."""
        return self._broken(world)

    def _broken(self, world: World) -> Iterator[Finding]:
        broken = {row.key for row in world.live if getattr(row, "health", "") == Health.BROKEN}
        paused = set(Segment.objects.filter(state=Segment.State.PAUSED).values_list("key", flat=True))
        for segment in world.live:
            assert segment.published is not None
            for key in segment.published.refers_to:
                if key in broken:
                    said, step = (
                        f"“{key}”, which it names, could not be refreshed.",
                        "Mend that one first: its runs say why.",
                    )
                    yield Finding(segment.pk, Severity.BAD, said, step, subject=key)
                elif key in paused:
                    said, step = f"“{key}”, which it names, is paused.", "Resume that one, or take it out of the rule."
                    yield Finding(segment.pk, Severity.WARN, said, step, subject=key)
