"""What a segment depends on is stale or thinning, as the data map finds it."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profiles.datamap import findings, rows
from profiles.datamap.rows import Row
from segments import uses
from segments.checks.base import Check, Finding, Severity
from segments.checks.world import World


class StaleInput(Check):
    """The newest value of something it depends on, itself or by another segment, is older than its source promised."""

    key = "stale_input"
    title = gettext_lazy("Input stale")

    def findings(self, world: World) -> Iterable[Finding]:
        """One for each segment and input."""
        return _of_kind(findings.STALE, world)


class ThinningInput(Check):
    """Fewer have something it depends on, or it happens less, than in the weeks before."""

    key = "thinning_input"
    title = gettext_lazy("Input thinning")

    def findings(self, world: World) -> Iterable[Finding]:
        """One for each segment and input."""
        return _of_kind(findings.THINNING, world)


def _of_kind(kind: str, world: World) -> Iterator[Finding]:
    read = rows.load({}, world.now)
    faulty = {row.name: (row, found) for row in read for found in row.findings if found.kind == kind}
    inputs = uses.of_published().all if faulty else {}
    for segment in world.live:
        for name in sorted(inputs.get(segment.key, frozenset()) & faulty.keys()):
            yield _told(segment.pk, *faulty[name])


def _told(segment: int, row: Row, found: findings.Finding) -> Finding:
    subject = f"{row.kind} {row.name.name}{f'.{row.name.key}' if row.name.key else ''}"
    said = _("%(name)s: %(evidence)s") % {"name": row.title, "evidence": found.evidence}
    numbers = {"input": subject, **found.numbers}
    return Finding(segment, Severity.WARN, said, found.next_step, subject=subject[:255], numbers=numbers)
