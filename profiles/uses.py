"""What the things of the catalogue are used by, as the apps above this one tell. No models: apps add themselves."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from accounts.actors import Actor
from profiles.models import EventProperty, EventType, TraitDefinition

Entry: TypeAlias = TraitDefinition | EventType | EventProperty


@dataclass(frozen=True, slots=True, order=True)
class Name:
    """What rules and mappings call a trait (`kind` is its unit), an event or a property: by what was sent."""

    kind: str
    name: str
    key: str = ""

    @classmethod
    def of(cls, entry: Entry) -> "Name":
        """The name of a row of the catalogue."""
        if isinstance(entry, TraitDefinition):
            return cls(entry.unit, entry.key)
        if isinstance(entry, EventType):
            return cls("event", entry.name)
        return cls("property", entry.event_type.name, entry.key)


@dataclass(frozen=True, slots=True, order=True)
class Use:
    """A segment or an activation that names it, or a segment that depends on it by another one (`is_indirect`)."""

    kind: str
    key: str
    title: str
    is_indirect: bool = False

    def __str__(self) -> str:
        return f"{self.kind} “{self.title}” ({self.key})"


Uses: TypeAlias = Mapping[Name, Iterable[Use]]

of_the_catalogue: list[Callable[[Actor], Uses]] = []
"""Each tells of its things that the actor may know of, by what they name."""


def load(actor: Actor) -> Mapping[Name, list[Use]]:
    """Everything that uses something, in order."""
    found: dict[Name, set[Use]] = defaultdict(set)
    for tell in of_the_catalogue:
        for name, uses in tell(actor).items():
            found[name].update(uses)
    return {name: sorted(uses) for name, uses in found.items()}
