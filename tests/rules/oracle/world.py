"""Plain data that definitions are about."""

from dataclasses import dataclass, field
from datetime import datetime

Value = float | str | bool | datetime | list[str] | None


@dataclass
class Profile:
    """A person of the population; `company` may name nobody."""

    id: int
    company: int | None
    traits: dict[str, Value]


@dataclass
class Company:
    """A company."""

    id: int
    traits: dict[str, Value]


@dataclass
class Happening:
    """An accepted copy of an event; `person` and `company` may be nobody's ids."""

    name: str
    person: int | None
    company: int | None
    timestamp: datetime
    message_id: int
    properties: dict[str, Value]


@dataclass
class World:
    """Everything that is known at `as_of`; `happenings` are in the order in which they were accepted.

    `profile_traits` and the like are types by name; `segments` are published definitions as JSON, by key.
    """

    as_of: datetime
    timezone: str
    profile_traits: dict[str, str]
    company_traits: dict[str, str]
    event_properties: dict[str, dict[str, str]]
    profiles: list[Profile]
    companies: list[Company]
    happenings: list[Happening]
    segments: dict[str, dict[str, object]] = field(default_factory=dict)

    def events(self) -> list[Happening]:
        """Each message once: the first accepted copy."""
        first: dict[int, Happening] = {}
        for happening in self.happenings:
            first.setdefault(happening.message_id, happening)
        return list(first.values())

    def names(self, names: str | list[str]) -> list[str]:
        """The events that a leaf names, as often as it does; ``*`` is every event."""
        if names == "*":
            return list(self.event_properties)
        return [names] if isinstance(names, str) else names

    def property_type(self, names: str | list[str], key: str) -> str:
        """The type of a property in those of the events that have it."""
        types = [self.event_properties[name] for name in self.names(names)]
        return next(kinds[key] for kinds in types if key in kinds)
