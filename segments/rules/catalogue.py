"""What a definition may name: traits, events with their properties, and other segments.

A `Catalogue` is a plain value. The registry builds one from its database, tests and commands from a file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

EMPTY: Mapping[str, Any] = MappingProxyType({})


class Type(StrEnum):
    """The type of a trait or a property."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATETIME = "datetime"
    LIST = "list"


class Unit(StrEnum):
    """What a definition counts."""

    PROFILE = "profile"
    COMPANY = "company"


@dataclass(frozen=True, slots=True)
class Field:
    """A trait or a property: its name as it was sent, its type, its column in the warehouse layout.

    `personal`: its values tell who or how somebody is.
    """

    key: str
    type: Type
    column: str
    personal: bool = False


@dataclass(frozen=True, slots=True)
class EventType:
    """An event: its name as it was sent, its table in the warehouse layout, its properties by key."""

    name: str
    table: str
    properties: Mapping[str, Field] = field(default_factory=lambda: EMPTY)


@dataclass(frozen=True, slots=True)
class SegmentEntry:
    """A segment that a definition may refer to.

    `definition` is the JSON of the published version, None while nothing is published; `usable` is False for a
    segment that is neither live nor paused.
    """

    key: str
    unit: Unit
    definition: Mapping[str, Any] | None
    usable: bool = True


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All names that a definition may use; every mapping is by the name as it was sent."""

    profile_traits: Mapping[str, Field] = field(default_factory=lambda: EMPTY)
    company_traits: Mapping[str, Field] = field(default_factory=lambda: EMPTY)
    events: Mapping[str, EventType] = field(default_factory=lambda: EMPTY)
    segments: Mapping[str, SegmentEntry] = field(default_factory=lambda: EMPTY)

    def traits(self, unit: Unit) -> Mapping[str, Field]:
        """The traits of people or of companies."""
        return self.profile_traits if unit is Unit.PROFILE else self.company_traits
