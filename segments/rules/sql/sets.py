"""Many definitions as sets: what they ask of the same rows is asked once, and the rest is algebra of sets.

A rule is true or false for each member of its population, so ``all``, ``any`` and ``not`` are the intersection, the
union and the complement of sets. What is left are conditions on traits, which share one query per unit, measures of
events, which share one per source and another for events of all time, and sequences and rules about the other unit
that depend on events, with one each.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from segments.rules.catalogue import Catalogue, Unit
from segments.rules.moments import Clock
from segments.rules.nodes import (
    All,
    Definition,
    Event,
    Everyone,
    InCompany,
    Not,
    People,
    Rule,
    SegmentRef,
    Sequence,
    Trait,
)
from segments.rules.nodes import Any as AnyOf
from segments.rules.parse import parse
from segments.rules.sql.compiler import Compiler
from segments.rules.sql.measures import APART, measured
from segments.rules.sql.parts import MeasureParts, Parts, PartsQuery, RulePart, SequencePart, TraitParts
from segments.rules.sql.sequences import can_happen
from segments.rules.sql.sources import Source, event_tables
from segments.rules.sql.writing import ENGINE, primitives_of


@dataclass(frozen=True, slots=True)
class Part:
    """Of the rows that a query finds those where `column` is TRUE, None for all; of them, who is in the population.

    `query` counts the planner's queries. With `inverted` the set is everybody of the unit but those.
    """

    query: int
    column: str | None = None
    inverted: bool = False


@dataclass(frozen=True, slots=True)
class Members:
    """The members of a segment that is evaluated in the same run."""

    key: str


@dataclass(frozen=True, slots=True)
class Complement:
    """Everybody of a unit who is not in a set."""

    of: "Formula"
    unit: Unit


@dataclass(frozen=True, slots=True)
class Combined:
    """The intersection of sets (all), or their union (any)."""

    kind: Literal["all", "any"]
    of: tuple["Formula", ...]


Formula = Part | Members | Complement | Combined


class SetPlanner:
    """Takes definitions that are decided at one instant, then makes the queries for all of them.

    `members` maps the keys of segments of the same run to relations with a column `id`, for rules that have to be one
    query.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        as_of: datetime,
        members: Mapping[str, str],
        *,
        default_timezone: str,
    ) -> None:
        self.catalogue = catalogue
        self.as_of = as_of.astimezone(UTC)
        self.members = members
        self.default_timezone = default_timezone
        self.primitives = primitives_of(ENGINE)
        self.populations: dict[Unit, int] = {}
        """The number of the query whose rows are everybody of a unit."""
        self._parts: list[Parts] = []
        self._traits: dict[Unit, TraitParts] = {}
        self._measures: dict[object, MeasureParts] = {}
        self._places: dict[object, int] = {}

    def add(self, definition: Definition) -> Formula:
        """The members of a definition. Raises DefinitionErrors for a segment it refers to that is no longer valid."""
        clock = Clock(self.as_of, ZoneInfo(definition.timezone))
        self._population(definition.unit, clock)
        return self._formula(definition.rule, definition.unit, clock)

    def queries(self) -> list[PartsQuery]:
        """Those that `Part.query` counts, from 0; nothing can be added after."""
        return [parts.build() for parts in self._parts]

    def _formula(self, rule: Rule, unit: Unit, clock: Clock) -> Formula:
        if without_events(rule):
            return self._constant(rule, unit, clock)
        match rule:
            case All(rules):
                return Combined("all", tuple(self._formula(child, unit, clock) for child in rules))
            case AnyOf(rules):
                return Combined("any", tuple(self._formula(child, unit, clock) for child in rules))
            case Not(child):
                return Complement(self._formula(child, unit, clock), unit)
            case SegmentRef(key):
                return self._segment(key)
            case Event():
                return self._event(rule, unit, clock)
            case Sequence():
                return self._sequence(rule, unit, clock)
            case _:
                return self._alone((rule, unit, clock.zone.key), RulePart(self._compiler(), rule, unit, clock))

    def _population(self, unit: Unit, clock: Clock) -> TraitParts:
        if unit not in self._traits:
            self._traits[unit] = TraitParts(self._compiler(), unit, clock)
            self.populations[unit] = self._place(unit, self._traits[unit])
        return self._traits[unit]

    def _constant(self, rule: Rule, unit: Unit, clock: Clock) -> Part:
        """A rule that no event decides."""
        column = self._population(unit, clock).add(rule, clock)
        return Part(self.populations[unit], column)

    def _event(self, rule: Event, unit: Unit, clock: Clock) -> Part:
        tables = event_tables(self.catalogue, rule.names, rule.where, rule.of)
        what = measured(rule, clock, self.catalogue)
        if not tables or what.span.empty:
            return self._constant(rule, unit, clock)
        source = Source(unit, tables)
        alone = (what.span, what.where, what.zone) if what.measure in APART else None
        key = (source.key, what.span.start is None, alone)
        if key not in self._measures:
            self._measures[key] = MeasureParts(source, self.primitives)
            self._place(key, self._measures[key])
        column, inverted = self._measures[key].add(rule, what, clock)
        return Part(self._places[key], column, inverted)

    def _sequence(self, rule: Sequence, unit: Unit, clock: Clock) -> Part:
        if clock.window(rule.window).empty or not can_happen(rule, self.catalogue):
            return self._constant(rule, unit, clock)
        parts = SequencePart(rule, unit, clock, self.catalogue, self.primitives)
        return self._alone((rule, unit, clock.zone.key), parts)

    def _segment(self, key: str) -> Formula:
        if key in self.members:
            return Members(key)
        document = self.catalogue.segments[key].definition
        return self.add(parse(document, self.catalogue, default_timezone=self.default_timezone))

    def _alone(self, key: object, parts: Parts) -> Part:
        return Part(self._places[key] if key in self._places else self._place(key, parts))

    def _place(self, key: object, parts: Parts) -> int:
        self._places[key] = len(self._parts)
        self._parts.append(parts)
        return self._places[key]

    def _compiler(self) -> Compiler:
        return Compiler(
            self.primitives,
            self.catalogue,
            self.as_of,
            members=self.members,
            default_timezone=self.default_timezone,
            shared=True,
            findings=False,
            describe=None,
        )


def without_events(rule: Rule) -> bool:
    """Whether a rule depends on nothing but traits, of the member or of the other unit."""
    match rule:
        case All(rules) | AnyOf(rules):
            return all(without_events(child) for child in rules)
        case Not(child) | InCompany(child) | People(child):
            return without_events(child)
        case Trait() | Everyone():
            return True
        case Event() | Sequence() | SegmentRef():
            return False
