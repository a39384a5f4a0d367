"""Negatives joined by "any"."""

from collections.abc import Iterable
from typing import ClassVar

from django.utils.translation import gettext_lazy

from segments.checks.base import Check, Finding, Severity
from segments.checks.oddities import Words, findings_of
from segments.checks.world import World
from segments.rules.lint import Fault


class Negatives(Check):
    """A group of "any" with several negatives: who escapes one of them is in, which is rarely meant."""

    key = "negatives_any"
    title = gettext_lazy("Negatives joined by any")
    WORDS: ClassVar = Words(
        "Several “not” are joined by “any”: whoever escapes a single one of them is a member.",
        "Several “not” about {trait} are joined by “any”: whoever escapes a single one of them is a member.",
    )

    def findings(self, world: World) -> Iterable[Finding]:
        """One per group."""
        next_step = "Edit the rule: to leave out whoever fulfils any of them, use a group of “none”."
        return findings_of(world, Fault.NEGATIVES_ANY, Severity.WARN, self.WORDS, next_step)
