"""What the lint of definitions says of the live ones; base of the checks that show one of its faults each."""

from collections.abc import Iterator
from typing import ClassVar

from segments.checks.base import Finding, Severity
from segments.checks.world import World
from segments.rules.catalogue import Unit
from segments.rules.lint import Fault, lint
from segments.rules.words.labels import name_of


def findings_of(world: World, fault: Fault, severity: Severity, evidence: "Words", next_step: str) -> Iterator[Finding]:
    """One finding for each group of a definition that has the fault."""
    for segment in world.live:
        definition = world.definitions.get(segment.pk)
        if definition is None:
            continue
        labels = world.labels.profile_traits if definition.unit is Unit.PROFILE else world.labels.company_traits
        for odd in lint(definition):
            if odd.fault is fault:
                said = evidence.of(f"“{name_of(odd.trait, labels)}”" if odd.trait else "")
                yield Finding(segment.pk, severity, said, next_step, subject=f"{odd.path}:{odd.trait}"[:255])


class Words:
    """Evidence with the trait that it is about, or without one."""

    __slots__ = ("about_trait", "whole")
    whole: str
    about_trait: str
    NAME: ClassVar = "{trait}"

    def __init__(self, whole: str, about_trait: str) -> None:
        self.whole = whole
        self.about_trait = about_trait

    def of(self, trait: str) -> str:
        """The sentence."""
        return self.about_trait.replace(self.NAME, trait) if trait else self.whole
