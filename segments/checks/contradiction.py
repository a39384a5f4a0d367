"""Conditions that nobody can fulfil together."""

from collections.abc import Iterable
from typing import ClassVar

from django.utils.translation import gettext_lazy

from segments.checks.base import Check, Finding, Severity
from segments.checks.oddities import Words, findings_of
from segments.checks.world import World
from segments.rules.lint import Fault


class Contradiction(Check):
    """A group of "all" whose conditions exclude each other."""

    key = "contradiction"
    title = gettext_lazy("Contradiction")
    WORDS: ClassVar = Words(
        "The rule wants a condition and its opposite at once, so nobody can fulfil it.",
        "Two conditions on {trait} exclude each other, so nobody can fulfil both.",
    )

    def findings(self, world: World) -> Iterable[Finding]:
        """One per group."""
        next_step = "Edit the rule: join the two by “any”, or remove one."
        return findings_of(world, Fault.CONTRADICTION, Severity.BAD, self.WORDS, next_step)
