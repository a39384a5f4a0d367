"""What a definition depends on: names, how far a change reaches, and when time alone can change its members.

The answers steer recomputation, so they err on one side only: a reach may be wider, and a moment earlier, than the
data would really have it. No data is looked at.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final
from zoneinfo import ZoneInfo

from segments.rules.catalogue import Catalogue, Unit
from segments.rules.moments import Clock, period_start
from segments.rules.nodes import (
    Ago,
    Ahead,
    All,
    Any,
    At,
    Between,
    Days,
    Definition,
    Duration,
    Event,
    Everyone,
    InCompany,
    Last,
    Midnight,
    Not,
    People,
    Period,
    Previous,
    Property,
    Rule,
    SegmentRef,
    Sequence,
    Step,
    This,
    Trait,
    Value,
    Window,
)
from segments.rules.parse import parse


class Reach(IntEnum):
    """Whose membership a change of one profile or company can move, from near to far."""

    SELF = 1
    COMPANY = 2
    """Its company (the old and the new one) and all their people."""
    ALL = 3
    """Anybody's: never incremental."""


class Pace(IntEnum):
    """How time alone can move members, from never to at any moment."""

    NEVER = 0
    YEAR = 1
    QUARTER = 2
    MONTH = 3
    WEEK = 4
    DAY = 5
    """At the start of a day in the timezone; the ones above at the start of such a period."""
    ANY = 6


@dataclass(frozen=True, slots=True)
class LeafNeed:
    """What one leaf (TRAIT, EVENT, SEQUENCE, SEGMENT or `everyone`) depends on; `path` is where it stands.

    `events` and `properties` are by the names as they were sent, a property with the event that has it.
    """

    path: str
    reach: Reach
    pace: Pace = Pace.NEVER
    profile_traits: frozenset[str] = frozenset()
    company_traits: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    all_events: bool = False
    properties: frozenset[tuple[str, str]] = frozenset()
    segments: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Needs:
    """The leaves of a definition, and what they depend on together.

    `soonest` is the first moment, from `as_of` on, at which time alone may change the members: `as_of` itself where
    that can be any moment, None where it never happens. Events that lie after `as_of` are no matter of time alone
    here: they are known, and become due.
    """

    leaves: tuple[LeafNeed, ...]
    soonest: datetime | None
    reach: Reach = Reach.SELF
    pace: Pace = Pace.NEVER
    profile_traits: frozenset[str] = frozenset()
    company_traits: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    all_events: bool = False
    properties: frozenset[tuple[str, str]] = frozenset()
    segments: frozenset[str] = frozenset()


def needs(definition: Definition, catalogue: Catalogue, *, as_of: datetime, default_timezone: str = "UTC") -> Needs:
    """What the definition itself names; a reference has the reach and the pace of the segment behind it.

    `default_timezone` is that of referenced definitions that name none. Raises DefinitionErrors where a referenced
    definition is no longer valid.
    """
    walk = _Walk(catalogue, as_of, default_timezone)
    return walk.needs(definition)


@dataclass(slots=True)
class _Walk:
    catalogue: Catalogue
    as_of: datetime
    default_timezone: str
    known: dict[str, Needs] = field(default_factory=dict)

    def needs(self, definition: Definition) -> Needs:
        """The needs of one definition; those of referenced ones are worked out once."""
        leaves = tuple(self._leaves(definition.rule, definition.unit, Reach.SELF))
        clock = Clock(self.as_of, ZoneInfo(definition.timezone))
        referenced = [self.known[key].soonest for leaf in leaves for key in leaf.segments]
        own = [_next_start(clock, leaf.pace) for leaf in leaves if not leaf.segments]
        soonest = min((moment for moment in (*own, *referenced) if moment is not None), default=None)
        return Needs(
            leaves=leaves,
            soonest=soonest,
            reach=max(leaf.reach for leaf in leaves),
            pace=max(leaf.pace for leaf in leaves),
            profile_traits=frozenset().union(*(leaf.profile_traits for leaf in leaves)),
            company_traits=frozenset().union(*(leaf.company_traits for leaf in leaves)),
            events=frozenset().union(*(leaf.events for leaf in leaves)),
            all_events=any(leaf.all_events for leaf in leaves),
            properties=frozenset().union(*(leaf.properties for leaf in leaves)),
            segments=frozenset().union(*(leaf.segments for leaf in leaves)),
        )

    def _leaves(self, rule: Rule, unit: Unit, reach: Reach) -> Iterator[LeafNeed]:
        """The leaves below a rule that stands where `unit` is counted, each at least as far-reaching as `reach`."""
        match rule:
            case All(rules) | Any(rules):
                for child in rules:
                    yield from self._leaves(child, unit, reach)
            case Not(inner):
                yield from self._leaves(inner, unit, reach)
            case InCompany(inner):
                yield from self._leaves(inner, Unit.COMPANY, Reach.COMPANY)
            case People(inner):
                yield from self._leaves(inner, Unit.PROFILE, Reach.COMPANY)
            case Trait():
                yield _trait_need(rule, unit, reach)
            case _:
                yield self._leaf(rule, unit, reach)

    def _leaf(self, rule: Event | Sequence | SegmentRef | Everyone, unit: Unit, reach: Reach) -> LeafNeed:
        around = max(reach, Reach.COMPANY) if unit is Unit.COMPANY else reach
        match rule:
            case Event():
                return self._event_need(rule, around)
            case Sequence():
                return self._sequence_need(rule, around)
            case SegmentRef(key):
                behind = self._behind(key)
                segments = frozenset({key})
                return LeafNeed(rule.path, max(reach, behind.reach), behind.pace, segments=segments)
            case Everyone():
                return LeafNeed(rule.path, reach)

    def _behind(self, key: str) -> Needs:
        """The needs of a referenced segment; references form no circles, which parsing has made sure of."""
        if key not in self.known:
            entry = self.catalogue.segments[key]
            definition = parse(entry.definition, self.catalogue, default_timezone=self.default_timezone)
            self.known[key] = self.needs(definition)
        return self.known[key]

    def _event_need(self, event: Event, reach: Reach) -> LeafNeed:
        pace = max(_window_pace(event.window), _value_pace(event.value), _where_pace(event.where))
        need = self._named(event, LeafNeed(event.path, reach, pace))
        if event.of is None:
            return need
        return replace(need, properties=need.properties | self._owners(event.names, event.of))

    def _sequence_need(self, sequence: Sequence, reach: Reach) -> LeafNeed:
        waits = Pace.ANY if sequence.steps[-1].absent else Pace.NEVER
        paces = [_where_pace(step.where) for step in sequence.steps]
        need = LeafNeed(sequence.path, reach, max(_window_pace(sequence.window), waits, *paces))
        for step in sequence.steps:
            need = self._named(step, need)
        return need

    def _named(self, part: Event | Step, need: LeafNeed) -> LeafNeed:
        """The need with the events and the conditions of a part added."""
        properties = need.properties.union(*(self._owners(part.names, condition.key) for condition in part.where))
        return replace(
            need,
            events=need.events | frozenset(part.names or ()),
            all_events=need.all_events or part.names is None,
            properties=properties,
        )

    def _owners(self, names: tuple[str, ...] | None, key: str) -> frozenset[tuple[str, str]]:
        """The property with each of the events that have it."""
        events = self.catalogue.events
        return frozenset((name, key) for name in (events if names is None else names) if key in events[name].properties)


def _trait_need(trait: Trait, unit: Unit, reach: Reach) -> LeafNeed:
    percent = trait.op in ("top_percent", "bottom_percent")
    pace = Pace.DAY if trait.op == "anniversary_in_next" else _value_pace(trait.value)
    need = LeafNeed(trait.path, Reach.ALL if percent else reach, pace)
    key = frozenset({trait.key})
    return replace(need, profile_traits=key) if unit is Unit.PROFILE else replace(need, company_traits=key)


def _where_pace(where: Iterable[Property]) -> Pace:
    return max((_value_pace(condition.value) for condition in where), default=Pace.NEVER)


def _value_pace(value: Value) -> Pace:
    """Durations and distances from now move with the clock; dates and instants stay."""
    items = value if isinstance(value, tuple) else (value,)
    return Pace.ANY if any(isinstance(item, Duration | Ago | Ahead) for item in items) else Pace.NEVER


_PERIOD_PACES: Final[dict[Period, Pace]] = {
    "day": Pace.DAY,
    "week": Pace.WEEK,
    "month": Pace.MONTH,
    "quarter": Pace.QUARTER,
    "year": Pace.YEAR,
}
_PACE_PERIODS: Final = {pace: period for period, pace in _PERIOD_PACES.items()}


def _window_pace(window: Window | None) -> Pace:
    match window:
        case None:
            return Pace.NEVER
        case Last():
            return Pace.ANY
        case Days():
            return Pace.DAY
        case This(period) | Previous(period):
            return _PERIOD_PACES[period]
        case Between(start, end):
            fixed = At | Midnight | None
            return Pace.NEVER if isinstance(start, fixed) and isinstance(end, fixed) else Pace.ANY


def _next_start(clock: Clock, pace: Pace) -> datetime | None:
    """When the next such period begins in the timezone."""
    if pace is Pace.NEVER:
        return None
    if pace is Pace.ANY:
        return clock.as_of
    period = _PACE_PERIODS[pace]
    day = clock.today + timedelta(days=1)
    while period_start(day, period) != day:
        day += timedelta(days=1)
    return clock.midnight(day)
