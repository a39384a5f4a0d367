"""The borders that a definition meets in a world: where an engine that is almost right gives another answer.

Each is counted once per leaf: an event exactly on a window's start, a value equal to the limit, a skipped hour, ...
"""

import math
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.rules.oracle.calendar import EXACT, moved, read_duration, wall, window
from tests.rules.oracle.evaluate import Oracle
from tests.rules.oracle.world import Happening

Json = dict[str, Any]
MICROSECOND = timedelta(microseconds=1)

GROUPS = {
    "window": (
        "event on the start", "event just before the start", "event on the end", "event just before the end",
        "event at as_of", "event later than as_of", "event on the middle of change", "nothing in it",
    ),
    "clock": (
        "changes inside a window", "skipped time at an edge", "doubled time at an edge", "month clamped",
        "day of an event not that in UTC", "first or last instant of a day",
    ),
    "events": (
        "message sent twice", "name given twice", "property lacked by one of several", "two at one instant",
        "of nobody's company", "of an unknown company", "of an unknown person", "of a member elsewhere",
    ),
    "measure": (
        "of nothing", "equal to the limit", "change over nothing", "change to nothing", "sum above 2^53 millionths",
        "sum of half millionths", "distinct in upper and lower case",
    ),
    "sequence": (
        "exactly within", "just too late", "steps at one instant", "wait that begins anew", "wait over at as_of",
        "one event for two steps",
    ),
    "text": (
        "with %", "with _", "with \\", "with '", 'with "', "beyond ASCII", "beyond 16 bits", "empty", "with a newline",
        "dotted I or final sigma", "in another case", "like a comment or a parameter",
    ),
    "value": (
        "missing", "empty list", "list with repeats", "number equal to the limit", "instant on the limit",
        "29 February", "anniversary today", "tie at the border",
    ),
    "company": ("none", "unknown", "without people", "people all true", "people none true"),
}  # fmt: skip
BORDERS = frozenset(f"border of {group}: {name}" for group, names in GROUPS.items() for name in names)
LIMITED = ("gt", "gte", "lt", "lte", "between", "eq", "ne", "in", "not_in")


class Borders:
    """Counts the borders that definitions meet in the world of an oracle."""

    def __init__(self, oracle: Oracle) -> None:
        self.oracle = oracle
        self.world = oracle.world
        self.as_of = oracle.as_of
        self.found = Counter[str]()
        self.zone = self.world.timezone
        times = Counter(one.message_id for one in self.world.happenings)
        self.repeated = {one.name for one in self.world.happenings if times[one.message_id] > 1}
        self.later = {one.name for one in self.world.happenings if one.timestamp > self.as_of}
        self.now = {one.name for one in self.world.happenings if one.timestamp == self.as_of}

    def of(self, definition: Json) -> Counter[str]:
        """How often each of `BORDERS` is met, referenced segments not counted."""
        self.found = Counter[str]()
        self.zone = definition.get("timezone", self.world.timezone)
        self._rule(definition["rule"], definition["unit"])
        return self.found

    def _note(self, group: str, name: str, met: object = True) -> None:
        if met:
            self.found[f"border of {group}: {name}"] += 1

    def _rule(self, rule: Json, unit: str) -> None:
        match rule:
            case {"all": rules} | {"any": rules}:
                for child in rules:
                    self._rule(child, unit)
            case {"not": inner}:
                self._rule(inner, unit)
            case {"company": inner}:
                self._belonging()
                self._rule(inner, "company")
            case {"people": inner}:
                self._people(inner)
                self._rule(inner, "profile")
            case {"trait": key}:
                self._trait(rule, key, unit)
            case {"event": _}:
                self._event(rule, unit)
            case {"sequence": _}:
                self._sequence(rule, unit)

    def _belonging(self) -> None:
        known = {company.id for company in self.world.companies}
        self._note("company", "none", any(one.company is None for one in self.world.profiles))
        self._note("company", "unknown", any(one.company not in {None, *known} for one in self.world.profiles))

    def _people(self, inner: Json) -> None:
        answers: dict[int | None, list[bool]] = {}
        for profile in self.world.profiles:
            holds = self.oracle.holds(inner, "profile", profile, self.zone)
            answers.setdefault(profile.company, []).append(holds)
        known = [answers.get(company.id, []) for company in self.world.companies]
        self._note("company", "without people", not all(known))
        self._note("company", "people all true", any(one and all(one) for one in known))
        self._note("company", "people none true", any(one and not any(one) for one in known))

    def _trait(self, rule: Json, key: str, unit: str) -> None:
        if unit == "profile" and key.startswith("company."):
            self._belonging()
            unit, key = "company", key.removeprefix("company.")
        types = self.world.profile_traits if unit == "profile" else self.world.company_traits
        values = [member.traits.get(key) for member in self.oracle.population(unit)]
        self._comparison(rule, types[key], values)
        if rule["op"] in ("top_percent", "bottom_percent"):
            self._tie(rule, [value for value in values if value is not None])

    def _tie(self, rule: Json, values: list[Any]) -> None:
        ranked = sorted(values, reverse=rule["op"] == "top_percent")
        position = math.ceil(len(ranked) * round(rule["value"] * 100) / 10_000)
        self._note("value", "tie at the border", len(ranked) > position and ranked[position] == ranked[position - 1])

    def _comparison(self, leaf: Json, kind: str, values: list[Any]) -> None:
        self._note("value", "missing", None in values)
        present = [value for value in values if value is not None]
        wanted = leaf.get("value")
        wanted = wanted if isinstance(wanted, list) else [] if wanted is None else [wanted]
        match kind:
            case "text":
                self._texts(leaf, [*present, *wanted], wanted)
            case "list":
                self._note("value", "empty list", [] in present)
                self._note("value", "list with repeats", any(len(set(one)) < len(one) for one in present))
                self._texts(leaf, [text for one in present for text in one] + wanted, wanted)
            case "number":
                self._note("value", "number equal to the limit", leaf["op"] in LIMITED and set(wanted) & set(present))
            case "datetime":
                self._moments(leaf, present)

    def _texts(self, leaf: Json, texts: list[str], wanted: list[str]) -> None:
        if leaf["op"] in ("is_set", "is_not_set"):
            return
        joined, asked = "".join(texts), "".join(wanted)
        for name, sign in (("%", "%"), ("_", "_"), ("\\", "\\"), ("'", "'"), ('"', '"')):
            self._note("text", f"with {name}", sign in asked)
        self._note("text", "beyond ASCII", not asked.isascii())
        self._note("text", "beyond 16 bits", max(joined, default="") > "\uffff")
        self._note("text", "empty", "" in texts)
        self._note("text", "with a newline", "\n" in joined)
        self._note("text", "like a comment or a parameter", any(one in asked for one in ("--", "/*", "${", "{{")))
        if leaf.get("ignore_case"):
            self._note("text", "dotted I or final sigma", {*joined} & {"\u0130", "\u03c2"})
        else:
            lowered = {text.lower() for text in texts}
            self._note("text", "in another case", len(lowered) < len(set(texts)))

    def _moments(self, leaf: Json, present: list[datetime]) -> None:
        start, end = self._edges(leaf)
        self._note("value", "instant on the limit", {start, end} & set(present))
        if leaf["op"] != "anniversary_in_next":
            self._clock(_shape(leaf), start, end)
            return
        days = {(moment.astimezone(UTC).month, moment.astimezone(UTC).day) for moment in present}
        today = wall(self.as_of, self.zone).date()
        self._note("value", "29 February", (2, 29) in days)
        self._note("value", "anniversary today", (today.month, today.day) in days)

    def _edges(self, leaf: Json) -> tuple[datetime | None, datetime | None]:
        """The edges of the range that an operator of datetimes lets through."""
        if leaf["op"] == "in_next":
            return self.as_of, moved(self.as_of, leaf["value"], 1, self.zone)
        shape = _shape(leaf)
        return (None, None) if shape is None else window(shape, self.as_of, self.zone)

    def _event(self, rule: Json, unit: str) -> None:
        members = self.oracle.population(unit)
        events = {one.id: self.oracle.matching(unit, one, rule, self.zone) for one in members}
        self._names(rule, unit)
        self._window(rule, [event for found in events.values() for event in found])
        if "op" in rule:
            self._measure(rule, [self.oracle.measured(rule, events[member.id], self.zone) for member in members])
        inside = self._inside(rule, [event for found in events.values() for event in found])
        values: list[Any] = [event.properties.get(rule["of"]) for event in inside] if "of" in rule else []
        present = [value for value in values if value is not None]
        match rule.get("measure", "count"):
            case "days":
                clocks = [(wall(event.timestamp, self.zone), event.timestamp.astimezone(UTC)) for event in inside]
                self._note("clock", "day of an event not that in UTC", any(a.date() != b.date() for a, b in clocks))
                ends = {(a + change * MICROSECOND).time() for a, _ in clocks for change in (0, 1)}
                self._note("clock", "first or last instant of a day", datetime.min.time() in ends)
            case "sum" | "avg" | "change":
                total = sum(abs(value) for value in present)
                self._note("measure", "sum above 2^53 millionths", total * 1e6 >= 2**53)
                halves = [value for value in present if abs(value) < 1 and (value * 1e6) % 1 >= 0.4]
                self._note("measure", "sum of half millionths", halves)
            case "distinct" if present and isinstance(present[0], str):
                folded = {value.lower() for value in present}
                self._note("measure", "distinct in upper and lower case", len(folded) < len(set(present)))

    def _inside(self, rule: Json, events: list[Happening]) -> list[Happening]:
        start, end = window(rule.get("window"), self.as_of, self.zone)
        return [
            event
            for event in events
            if (start is None or event.timestamp >= start) and (end is None or event.timestamp < end)
        ]

    def _measure(self, rule: Json, results: list[Any]) -> None:
        measure = rule.get("measure", "count")
        self._note("measure", "of nothing", None in results or 0.0 in results)
        wanted = rule.get("value")
        if measure in ("first_at", "last_at"):
            self._note("measure", "equal to the limit", {*self._edges(rule)} & {*results} - {None})
            return
        limits = wanted if isinstance(wanted, list) else [wanted]
        self._note("measure", "equal to the limit", {*limits} & {*results} - {None, 0.0})
        if measure == "change":
            self._note("measure", "change over nothing", None in results)
            self._note("measure", "change to nothing", -1.0 in results)

    def _names(self, leaf: Json, unit: str) -> None:
        names = self.world.names(leaf["event"])
        self._note("events", "message sent twice", self.repeated & {*names})
        self._note("events", "name given twice", len(set(names)) < len(names))
        self._note("window", "event at as_of", self.now & {*names})
        self._note("window", "event later than as_of", self.later & {*names})
        keys = [condition["property"] for condition in leaf.get("where", [])] + ([leaf["of"]] if "of" in leaf else [])
        lacked = any(key not in self.world.event_properties[name] for key in keys for name in names)
        self._note("events", "property lacked by one of several", lacked)
        if unit == "company":
            self._stream([event for event in self.world.events() if event.name in names])

    def _stream(self, events: list[Happening]) -> None:
        companies = {company.id for company in self.world.companies}
        homes = {profile.id: profile.company for profile in self.world.profiles}
        self._note("events", "of nobody's company", any(one.company is None for one in events))
        self._note("events", "of an unknown company", any(one.company not in {None, *companies} for one in events))
        self._note("events", "of an unknown person", any(one.person not in homes and one.company for one in events))
        elsewhere = any(
            one.company in companies and homes.get(one.person or 0, one.company) != one.company for one in events
        )
        self._note("events", "of a member elsewhere", elsewhere)

    def _window(self, rule: Json, events: list[Happening]) -> None:
        times = {event.timestamp for event in events}
        self._note("events", "two at one instant", len(times) < len(events))
        start, end = window(rule.get("window"), self.as_of, self.zone)
        if start is not None:
            self._note("window", "event on the start", start in times)
            self._note("window", "event just before the start", start - MICROSECOND in times)
        if end is not None and end <= self.as_of:
            self._note("window", "event on the end", end in times)
            self._note("window", "event just before the end", end - MICROSECOND in times)
        if rule.get("measure") == "change":
            self._note("window", "event on the middle of change", start in times)
        self._note("window", "nothing in it", start is not None and not self._inside(rule, events))
        self._clock(rule.get("window"), start, end)

    def _clock(self, shape: Json | None, start: datetime | None, end: datetime | None) -> None:
        zone = ZoneInfo(self.zone)
        last = min(end or self.as_of, self.as_of)
        changes = start is not None and start.astimezone(zone).utcoffset() != last.astimezone(zone).utcoffset()
        self._note("clock", "changes inside a window", changes)
        for edge, is_moved in _wall_edges(shape or {}, start, end):
            shown = wall(edge, self.zone)
            asked = wall(self.as_of, self.zone) if is_moved else datetime.combine(shown.date(), time())
            self._note("clock", "skipped time at an edge", shown.time() != asked.time())
            both = {shown.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)}
            self._note("clock", "doubled time at an edge", len(both) > 1 and shown.time() == asked.time())
            self._note("clock", "month clamped", shown.day < asked.day and shown.time() == asked.time())

    def _sequence(self, rule: Json, unit: str) -> None:
        steps = rule["sequence"]
        found: list[list[list[datetime]]] = []
        everything: list[Happening] = []
        for member in self.oracle.population(unit):
            stream = self.oracle.stream(unit, member)
            matched = [[event for event in stream if self.oracle.matches(event, step, self.zone)] for step in steps]
            found.append([[event.timestamp for event in events] for events in matched])
            everything += {id(event): event for events in matched for event in events}.values()
        for step in steps:
            self._names(step, unit)
        self._window(rule, everything)
        for number, step in enumerate(steps[1:], start=1):
            self._step(step, [(one[number - 1], one[number]) for one in found])

    def _step(self, step: Json, pairs: list[tuple[list[datetime], list[datetime]]]) -> None:
        self._note("sequence", "steps at one instant", any(set(one) & set(other) for one, other in pairs))
        self._note("sequence", "one event for two steps", any(set(one) == set(other) != set() for one, other in pairs))
        if "within" not in step:
            return
        number, unit = read_duration(step["within"])
        within = EXACT[unit] * number
        ends = [({moment + within for moment in one}, set(other)) for one, other in pairs]
        self._note("sequence", "exactly within", any(end & later for end, later in ends))
        self._note("sequence", "just too late", any({one + MICROSECOND for one in end} & later for end, later in ends))
        if step.get("absent"):
            anew = any(first < again <= first + within for one, _ in pairs for first in one for again in one)
            self._note("sequence", "wait that begins anew", anew)
            self._note("sequence", "wait over at as_of", any(self.as_of in end for end, _ in ends))


def _shape(leaf: Json) -> Json | None:
    """The window whose edges an operator of datetimes has; None where it has none of these."""
    match leaf:
        case {"op": "before" | "after", "value": value}:
            return {"from": value}
        case {"op": "between", "value": [first, last]}:
            return {"from": first, "to": last}
        case {"op": "in_last" | "not_in_last", "value": duration}:
            return {"last": duration}
    return None


def _wall_edges(shape: Json, start: datetime | None, end: datetime | None) -> Iterator[tuple[datetime, bool]]:
    """The edges of a window that a wall clock decides, and whether it is the clock of `as_of`, moved, or midnight."""
    match shape:
        case {"last": duration} if read_duration(duration)[1] not in EXACT and start is not None:
            yield start, True
        case {"days": _} | {"this": _} | {"previous": _} if start is not None:
            yield start, False
            if end is not None and shape.get("until") != "now" and "this" not in shape:
                yield end, False
        case _:
            for edge, value in ((start, shape.get("from")), (end, shape.get("to"))):
                if edge is not None and isinstance(value, str) and "T" not in value:
                    yield edge, False
                elif edge is not None and isinstance(value, dict):
                    yield edge, True
