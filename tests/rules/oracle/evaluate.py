"""The meaning of rules, one member at a time."""

from datetime import UTC, datetime
from decimal import Decimal
from functools import cache, cached_property
from math import floor
from typing import Any

from tests.rules.oracle.calendar import EXACT, moved, read_duration, wall, window
from tests.rules.oracle.values import holds
from tests.rules.oracle.world import Company, Happening, Profile, World

Member = Profile | Company
Json = dict[str, Any]


class Oracle:
    """Answers definitions about one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.as_of = world.as_of.astimezone(UTC)
        self._segments: dict[str, set[int]] = {}

    def members(self, definition: Json) -> set[int]:
        """The ids of the members."""
        zone = definition.get("timezone", self.world.timezone)
        unit = definition["unit"]
        return {member.id for member in self.population(unit) if self.holds(definition["rule"], unit, member, zone)}

    def population(self, unit: str) -> list[Profile] | list[Company]:
        return self.world.profiles if unit == "profile" else self.world.companies

    @cached_property
    def _companies(self) -> dict[int, Company]:
        return {company.id: company for company in self.world.companies}

    @cached_property
    def _profiles(self) -> dict[int, Profile]:
        return {profile.id: profile for profile in self.world.profiles}

    @cached_property
    def _streams(self) -> dict[tuple[str, int], list[Happening]]:
        streams: dict[tuple[str, int], list[Happening]] = {}
        for event in self.world.events():
            if event.timestamp >= self.as_of:
                continue
            if event.person in self._profiles:
                streams.setdefault(("profile", event.person), []).append(event)
            company = event.company
            if company is None and event.person in self._profiles:
                company = self._profiles[event.person].company
            if company in self._companies:
                streams.setdefault(("company", company), []).append(event)
        return streams

    def stream(self, unit: str, member: Member) -> list[Happening]:
        """The events of a person or a company before `as_of`."""
        return self._streams.get((unit, member.id), [])

    def holds(self, rule: Json, unit: str, member: Member, zone: str) -> bool:
        """Whether a rule is true of a member."""
        match rule:
            case {"all": rules}:
                return all(self.holds(one, unit, member, zone) for one in rules)
            case {"any": rules}:
                return any(self.holds(one, unit, member, zone) for one in rules)
            case {"not": inner}:
                return not self.holds(inner, unit, member, zone)
            case {"company": inner}:
                company = self._company_of(member) if isinstance(member, Profile) else None
                return company is not None and self.holds(inner, "company", company, zone)
            case {"people": inner}:
                return self._people(rule, inner, member, zone)
        return self._leaf(rule, unit, member, zone)

    def _leaf(self, rule: Json, unit: str, member: Member, zone: str) -> bool:
        match rule:
            case {"everyone": _}:
                return True
            case {"segment": key}:
                return member.id in self._segment(key)
            case {"trait": key}:
                return self._trait(rule, key, unit, member, zone)
            case {"event": _}:
                return self._event(rule, unit, member, zone)
            case {"sequence": _}:
                return self._sequence(rule, unit, member, zone)
        raise AssertionError(rule)

    def _company_of(self, profile: Profile) -> Company | None:
        return None if profile.company is None else self._companies.get(profile.company)

    def _people(self, rule: Json, inner: Json, company: Member, zone: str) -> bool:
        people = [profile for profile in self.world.profiles if profile.company == company.id]
        true = sum(self.holds(inner, "profile", profile, zone) for profile in people)
        match rule.get("quantifier", "any"):
            case "any":
                return true > 0
            case "all":
                return 0 < len(people) == true
            case "none":
                return true == 0
            case quantifier:
                return bool(true >= quantifier["at_least"])

    def _segment(self, key: str) -> set[int]:
        if key not in self._segments:
            self._segments[key] = self.members(self.world.segments[key])
        return self._segments[key]

    def _trait(self, rule: Json, key: str, unit: str, member: Member, zone: str) -> bool:
        if unit == "profile" and key.startswith("company."):
            company = {"company": {**rule, "trait": key.removeprefix("company.")}}
            return self.holds(company, unit, member, zone)
        value = member.traits.get(key)
        if rule["op"] in ("top_percent", "bottom_percent"):
            return self._percent(rule, key, unit, value)
        types = self.world.profile_traits if unit == "profile" else self.world.company_traits
        return holds(value, types[key], rule, self.as_of, zone)

    def _percent(self, rule: Json, key: str, unit: str, value: Any) -> bool:
        if value is None:
            return bool(rule.get("missing", False))
        top = rule["op"] == "top_percent"
        ranked: list[Any] = [member.traits.get(key) for member in self.population(unit)]
        ranked = sorted((one for one in ranked if one is not None), reverse=top)
        share = Decimal(str(rule["value"])) * len(ranked)
        position = -int(-share // 100) if share % 100 == 0 else int(share // 100) + 1
        border = ranked[position - 1]
        return bool(value >= border) if top else bool(value <= border)

    def matching(self, unit: str, member: Member, leaf: Json, zone: str) -> list[Happening]:
        """The events of a member that a leaf names and its `where` lets through, inside its window or not."""
        return [event for event in self.stream(unit, member) if self.matches(event, leaf, zone)]

    def matches(self, event: Happening, leaf: Json, zone: str) -> bool:
        """Whether a leaf or a step names an event, and all of its `where` holds."""
        if event.name not in self.world.names(leaf["event"]):
            return False
        for condition in leaf.get("where", []):
            kind = self.world.property_type(leaf["event"], condition["property"])
            value = event.properties.get(condition["property"])
            if not holds(value, kind, condition, self.as_of, zone):
                return False
        return True

    def _event(self, rule: Json, unit: str, member: Member, zone: str) -> bool:
        events = self.matching(unit, member, rule, zone)
        value = self.measured(rule, events, zone)
        leaf = rule if "op" in rule else {**rule, "op": "gte", "value": 1}
        return holds(value, "datetime" if isinstance(value, datetime) else "number", leaf, self.as_of, zone)

    def measured(self, rule: Json, events: list[Happening], zone: str) -> float | datetime | None:
        """The measure of the matching events that lie in the window; None is missing."""
        measure, of = rule.get("measure", "count"), rule.get("of")
        if measure == "change":
            return self._change(rule, events, zone)
        start, end = window(rule.get("window"), self.as_of, zone)
        events = [event for event in events if _inside(event.timestamp, start, end)]
        times = [event.timestamp for event in events]
        values: list[Any] = [event.properties.get(of) for event in events] if of is not None else []
        values = [value for value in values if value is not None]
        match measure:
            case "count":
                return float(len(events))
            case "days":
                return float(len({wall(moment, zone).date() for moment in times}))
            case "first_at":
                return min(times, default=None)
            case "last_at":
                return max(times, default=None)
            case "sum":
                return _sum(values)
            case "avg":
                return float(_millionths(values)) / (1e6 * len(values)) if values else None
            case "min":
                return min(values, default=None)
            case "max":
                return max(values, default=None)
            case _:
                return float(len(set(values)))

    def _change(self, rule: Json, events: list[Happening], zone: str) -> float | None:
        middle = moved(self.as_of, rule["window"]["last"], -1, zone)
        start = moved(self.as_of, rule["window"]["last"], -2, zone)
        now = self._total(rule, [event for event in events if middle <= event.timestamp < self.as_of])
        before = self._total(rule, [event for event in events if start <= event.timestamp < middle])
        return None if before == 0 else (now - before) / before

    def _total(self, rule: Json, events: list[Happening]) -> float:
        if "of" not in rule:
            return float(len(events))
        values: list[Any] = [event.properties.get(rule["of"]) for event in events]
        return _sum([value for value in values if value is not None])

    def _sequence(self, rule: Json, unit: str, member: Member, zone: str) -> bool:
        start, end = window(rule.get("window"), self.as_of, zone)
        stream = self.stream(unit, member)
        steps = rule["sequence"]

        @cache
        def follows(number: int, before: datetime | None) -> bool:
            if number == len(steps):
                return True
            step = steps[number]
            if step.get("absent", False):
                assert before is not None
                return self._in_vain(stream, steps[number - 1], step, before, zone)
            for event in stream:
                moment = event.timestamp
                if not _inside(moment, start, end) or not self.matches(event, step, zone):
                    continue
                if before is not None and (moment <= before or not _near(before, moment, step)):
                    continue
                if follows(number + 1, moment):
                    return True
            return False

        return follows(0, None)

    def _in_vain(self, stream: list[Happening], before: Json, absent: Json, moment: datetime, zone: str) -> bool:
        number, unit = read_duration(absent["within"])
        end = moment + EXACT[unit] * number
        later = [event for event in stream if moment < event.timestamp <= end]
        came = any(self.matches(event, absent, zone) or self.matches(event, before, zone) for event in later)
        return not came and end < self.as_of


def _near(before: datetime, moment: datetime, step: Json) -> bool:
    if "within" not in step:
        return True
    number, unit = read_duration(step["within"])
    return moment - before <= EXACT[unit] * number


def _inside(moment: datetime, start: datetime | None, end: datetime | None) -> bool:
    return (start is None or moment >= start) and (end is None or moment < end)


def _millionths(values: list[float]) -> int:
    return sum(floor(value * 1e6 + 0.5) for value in values)


def _sum(values: list[float]) -> float:
    return float(_millionths(values)) / 1e6
