"""Alternatives that leave nobody out."""

from collections.abc import Iterable
from typing import ClassVar

from django.utils.translation import gettext_lazy

from segments.checks.base import Check, Finding, Severity
from segments.checks.oddities import Words, findings_of
from segments.checks.world import World
from segments.rules.lint import Fault


class AlwaysTrue(Check):
    """A group of "any" that everybody fulfils."""

    key = "always_true"
    title = gettext_lazy("Always true")
    WORDS: ClassVar = Words(
        "A condition and its opposite are joined by “any”, so everybody fulfils one of them.",
        "Everybody with a value of {trait} fulfils one of two alternatives on it.",
    )

    def findings(self, world: World) -> Iterable[Finding]:
        """One per group."""
        next_step = "Edit the rule: “all” instead of “any” is usually meant, or one of the two is not needed."
        return findings_of(world, Fault.ALWAYS_TRUE, Severity.BAD, self.WORDS, next_step)
