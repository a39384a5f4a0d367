"""Random definitions about a world, as JSON; every production, operator, window and measure of the language."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from tests.rules.oracle.calendar import EXACT, read_duration, wall, window
from tests.rules.oracle.evaluate import Oracle
from tests.rules.oracle.world import World
from tests.rules.oracle.worlds import (
    DURATIONS,
    MICROSECOND,
    NUMBERS,
    TEXTS,
    WINDOWS,
    WITHIN,
    draw_edges,
    draw_moment,
)

Json = dict[str, Any]
TEXT_OPS = ("eq", "ne", "in", "not_in", "contains", "not_contains", "starts_with", "ends_with", "matches")
NUMBER_OPS = ("eq", "ne", "gt", "gte", "lt", "lte", "between", "in", "not_in")
DATETIME_OPS = ("before", "after", "between", "in_last", "not_in_last", "in_next", "in_next")
LIST_OPS = ("has_any", "has_all", "has_none")
ZONES = ("Europe/Berlin", "America/New_York", "Pacific/Apia", "UTC", "Asia/Kolkata", "Australia/Lord_Howe")
HOUR = timedelta(hours=1)
YEARLY = ("1 day", "7 days", "30 days", "2 weeks", "1 month", "3 months", "12 months", "1 year", "366 days")
PATTERNS = (
    "a",
    "^a",
    "b$",
    "^$",
    "^.$",
    ".",
    "^a.*b$",
    "[ab]+",
    "^[^a]+$",
    "a|b",
    "^(a|b)*$",
    "(?:ab){2}",
    "^[a-c]{2,3}$",
    "\\d",
    "^\\d+$",
    "\\s",
    "\\S$",
    "\\W",
    "^\\w+$",
    "\\D",
    "%",
    "\\.",
    "\\\\",
    "_",
    "S{2}",
    "^S",
    "[A-C]",
    "[^A-Z]",
    "ß",
    "Σ",
    "σ$",
    "[Α-Ω]",
    "😀",
    "^.😀.$",
    "\\n",
    "x\\ny",
    "\\$\\{",
    "^a?b?$",
    "a{0,2}$",
    "'",
    '"',
    "/\\*",
    "\\-",
    "[\\-a]",
    "[\\]\\^]",
    "^[ -\\~]*$",
    "(a|ab)(c|bcd)*$",
    "^a{1,300}$",
    "^(?:a|b|c){0,1000}$",
    "^\\s*$",
    "[\\w%]",
    "[İI]",
    "k",
    "^.{2,}$",
    "^[A-Z]",
    "[A-Z]$",
    "^[A-Z]+$",
    "^[^A-Z]*$",
    "[Σ-Ω]",
    "[I-İ]",
)


class Writer:
    """Writes definitions about one world; drawn from any `random.Random`."""

    def __init__(self, random: Random, world: World) -> None:
        self.random = random
        self.world = world
        self.edges = draw_edges(world.as_of, world.timezone)
        self.oracle = Oracle(world)
        self.met = self._met()
        self.waited = self._waited()

    def _met(self) -> list[Json]:
        """The windows at whose edges something happened, or within an hour of them."""
        times = sorted(happening.timestamp for happening in self.world.happenings)
        as_of, zone = self.world.as_of, self.world.timezone

        def near(edge: datetime | None) -> bool:
            return edge is not None and bisect_left(times, edge - HOUR) < bisect_right(times, edge + HOUR)

        return [shape for shape in WINDOWS if any(map(near, window(shape, as_of, zone)))]

    def _waited(self) -> list[str]:
        """The durations that somebody waited between two events, to the microsecond or one longer."""
        times: dict[int | None, set[datetime]] = {}
        for happening in self.world.happenings:
            times.setdefault(happening.person, set()).add(happening.timestamp)
        found = []
        for one in WITHIN:
            number, unit = read_duration(one)
            waits = (EXACT[unit] * number, EXACT[unit] * number + MICROSECOND)
            if any(moment + wait in mine for mine in times.values() for moment in mine for wait in waits):
                found.append(one)
        return found

    def _duration(self) -> str:
        met = [shape["last"] for shape in self.met if "last" in shape]
        return str(self._one(met if met and self._chance(0.75) else DURATIONS))

    def _within(self) -> str:
        return str(self._one(self.waited if self.waited and self._chance(0.5) else WITHIN))

    def definition(self) -> Json:
        """A definition; a rule that is true of nobody or of everybody is drawn again, twice at most."""
        unit = "profile" if self.random.random() < 0.7 else "company"
        definition: Json = {"unit": unit, "rule": {}}
        if self.random.random() < 0.7:
            definition["timezone"] = self._one(ZONES) if self._chance(0.3) else self.world.timezone
        depth = self._one((0, 0, 1, 1, 2, 2, 3))
        for _ in range(4):
            definition["rule"] = self.rule(unit, depth)
            if 0 < len(self.oracle.members(definition)) < len(self.oracle.population(unit)):
                break
        return definition

    def rule(self, unit: str, depth: int) -> Json:
        """A rule of at most so many levels of groups."""
        kind = self.random.random()
        if depth > 0 and kind < 0.75:
            return self._nested(unit, depth - 1)
        if kind < 0.38:
            return self.trait(unit)
        if kind < 0.75:
            return self.event()
        if kind < 0.88:
            return self.sequence()
        if kind < 0.95:
            keys = [key for key, segment in self.world.segments.items() if segment["unit"] == unit]
            return {"segment": self._one(keys)} if keys else self.event()
        return {"everyone": True} if kind > 0.957 else self._nested(unit, 0)

    def _nested(self, unit: str, depth: int) -> Json:
        kind = self.random.random()
        if kind < 0.52:
            rules = [self.rule(unit, depth) for _ in range(self.random.randint(1, 3))]
            return {self._one(("all", "any")): rules}
        if kind < 0.72:
            return {"not": self.rule(unit, depth)}
        if unit == "profile":
            return {"company": self.rule("company", depth)}
        return self.people(depth)

    def people(self, depth: int) -> Json:
        rule: Json = {"people": self.rule("profile", depth)}
        if self._chance(0.8):
            rule["quantifier"] = self._one(("any", "all", "none", {"at_least": self.random.randint(1, 3)}))
        return rule

    def trait(self, unit: str) -> Json:
        types = self.world.profile_traits if unit == "profile" else self.world.company_traits
        key = self._one(list(types))
        prefix = ""
        if unit == "profile" and self._chance(0.12):
            types, prefix = self.world.company_traits, "company."
            key = self._one(list(types))
        owners: list[Any] = [*self.world.companies] if prefix or unit == "company" else [*self.world.profiles]
        kind = types[key]
        seen = [value for value in (owner.traits.get(key) for owner in owners) if value is not None]
        leaf = {"trait": prefix + key, **self._comparison(kind, seen)}
        if kind == "number" and self._chance(0.3):
            op = self._one(("top_percent", "bottom_percent"))
            leaf = {"trait": prefix + key, "op": op, "value": self._one((20, 50, 0.01, 33.33, 100, 10, 12.5, 99.99, 7))}
            self._missing(leaf)
        elif kind == "datetime" and self._chance(0.35):
            leaf = {"trait": prefix + key, "op": "anniversary_in_next", "value": self._one(YEARLY)}
            self._missing(leaf)
        return leaf

    def event(self) -> Json:
        names = self._names()
        leaf: Json = {"event": names}
        if self._chance(0.6):
            leaf["where"] = self._where(names)
        of_number = self._keys(names, ("number",))
        of_any = self._keys(names, ("text", "number", "boolean", "datetime"))
        measures = ["count", "days", "first_at", "last_at", "change", "count"]
        measures += ["sum", "avg", "min", "max", "change of"] * 2 if of_number else []
        measures += ["distinct"] * 4 if of_any else []
        measure = self._one(measures)
        if measure == "count" and self._chance(0.3):
            return self._windowed(leaf)
        if measure != "count" or self._chance(0.3):
            leaf["measure"] = measure.removesuffix(" of")
        if measure in ("sum", "avg", "min", "max", "change of"):
            leaf["of"] = self._one(of_number)
        if measure == "distinct":
            leaf["of"] = self._one(of_any)
        self._windowed(leaf)
        if leaf.get("measure") == "change":
            leaf["window"] = {"last": self._duration()}
        return {**leaf, **self._measured(leaf)}

    def _measured(self, leaf: Json) -> Json:
        measure = leaf.get("measure", "count")
        zone = self.world.timezone
        results = []
        for profile in self.world.profiles:
            events = self.oracle.matching("profile", profile, leaf, zone)
            results.append(self.oracle.measured(leaf, events, zone))
        seen = [value for value in results if value is not None]
        comparison = self._comparison("datetime" if measure in ("first_at", "last_at") else "number", seen)
        if measure in ("count", "days", "sum", "distinct"):
            comparison.pop("missing", None)
        return comparison

    def _windowed(self, leaf: Json) -> Json:
        if self._chance(0.6):
            leaf["window"] = self.window()
        return leaf

    def window(self) -> Json:
        if self._chance(0.25):
            start, end = self._ordered()
            edges = {"from": start, "to": end}
            if self._chance(0.4):
                edges.pop(self._one(("from", "to")))
            return edges
        shapes = self.met if self.met and self._chance(0.6) else WINDOWS
        kind = self._one(sorted({next(iter(shape)) for shape in shapes}))
        return dict(self._one([shape for shape in shapes if kind in shape]))

    def _ordered(self) -> tuple[Any, Any]:
        """Two instants; in order where both are dates or both have offsets."""
        if self._chance(0.3):
            return self._instant(), {"ago": self._one(DURATIONS)}
        moments = sorted((draw_moment(self.random, self.edges), draw_moment(self.random, self.edges)))
        if self._chance(0.4):
            first, last = (wall(moment, self.world.timezone).date() for moment in moments)
            last = max(last, first + timedelta(days=1))
            return first.isoformat(), last.isoformat()
        if moments[0] == moments[1]:
            moments[1] += timedelta(seconds=1)
        return self._text_of(moments[0]), self._text_of(moments[1])

    def _instant(self) -> Any:
        kind = self.random.random()
        if kind < 0.35:
            return {self._one(("ago", "ahead", "ahead")): self._one(DURATIONS)}
        moment = draw_moment(self.random, self.edges)
        if kind < 0.6:
            return wall(moment, self.world.timezone).date().isoformat()
        return self._text_of(moment)

    def _text_of(self, moment: datetime) -> str:
        shifted = moment.astimezone(UTC)
        if self._chance(0.5):
            return shifted.isoformat().replace("+00:00", "Z")
        return (shifted + timedelta(hours=5, minutes=30)).replace(tzinfo=None).isoformat() + "+05:30"

    def sequence(self) -> Json:
        steps: list[Json] = []
        for number in range(self._one((2, 2, 2, 2, 3, 3, 3, 4, 4, self.random.randint(5, 10)))):
            names = self._names()
            step: Json = {"event": names}
            if self._chance(0.45):
                step["where"] = self._where(names)
            if number > 0 and self._chance(0.6):
                step["within"] = self._within()
            steps.append(step)
        if self._chance(0.4):
            steps[-1] |= {"absent": True, "within": self._within()}
        rule: Json = {"sequence": steps}
        if self._chance(0.55):
            rule["window"] = self._over() if self._chance(0.4) else self.window()
        return rule

    def _over(self) -> Json:
        """A window that ended before now, so that events of a later step may lie beyond it."""
        if self._chance(0.5):
            return dict(self._one([shape for shape in WINDOWS if "previous" in shape or shape.get("until") == "today"]))
        return {"to": {"ago": self._one(("1 hour", "1 day", "2 days", "7 days", "1 month"))}}

    def _names(self) -> Any:
        events = list(self.world.event_properties)
        kind = self.random.random()
        if kind < 0.6:
            return self._one(events)
        if kind < 0.8:
            return "*"
        names = self.random.sample(events, self.random.randint(1, len(events)))
        return [*names, names[0]] if self._chance(0.2) else names

    def _keys(self, names: Any, types: tuple[str, ...]) -> list[str]:
        """The properties that have one type in all the events that have them, of these types."""
        kinds: dict[str, set[str]] = {}
        for name in self.world.names(names):
            for key, kind in self.world.event_properties[name].items():
                kinds.setdefault(key, set()).add(kind)
        return [key for key, found in kinds.items() if len(found) == 1 and found <= set(types)]

    def _where(self, names: Any) -> list[Json]:
        conditions = []
        by_kind = {kind: self._keys(names, (kind,)) for kind in ("text", "number", "boolean", "datetime", "list")}
        kinds = [kind for kind, keys in by_kind.items() if keys]
        for _ in range(self._one((1, 1, 2)) if kinds else 0):
            kind = self._one(kinds)
            key = self._one(by_kind[kind])
            values = [happening.properties.get(key) for happening in self.world.happenings]
            right = {"text": str, "number": float, "boolean": bool, "datetime": datetime, "list": list}[kind]
            seen = [value for value in values if type(value) is right]
            conditions.append({"property": key, **self._comparison(kind, seen)})
        return conditions

    def _comparison(self, kind: str, seen: list[Any]) -> Json:
        """An operator of a type with a value that often is one of those seen."""
        if self._chance(0.25):
            return {"op": self._one(("is_set", "is_not_set"))}
        writers: dict[str, Callable[[list[Any]], Json]] = {
            "text": self._text,
            "number": self._number,
            "boolean": self._boolean,
            "datetime": self._datetime,
            "list": self._list,
        }
        leaf = writers[kind](seen)
        if kind in ("text", "list") and self._chance(0.55):
            leaf["ignore_case"] = self._chance(0.9)
        return self._missing(leaf)

    def _missing(self, leaf: Json) -> Json:
        if self._chance(0.45):
            leaf["missing"] = self._chance(0.85)
        return leaf

    def _text(self, seen: list[str]) -> Json:
        op = self._one(TEXT_OPS)
        value = self._one(seen) if seen and self._chance(0.8) else self._one(TEXTS)
        match op:
            case "in" | "not_in":
                return {"op": op, "value": [value, *(self._one(TEXTS) for _ in range(self.random.randint(0, 4)))]}
            case "matches":
                return {"op": op, "value": self._one(PATTERNS)}
            case "contains" | "not_contains" | "starts_with" | "ends_with":
                start = self.random.randint(0, max(0, len(value) - 1))
                part = {"starts_with": value[: start + 1], "ends_with": value[start:]}.get(op, value[start : start + 2])
                return {"op": op, "value": self._cased(part) or "a"}
        return {"op": op, "value": self._cased(value)}

    def _cased(self, text: str) -> str:
        if self._chance(0.3):
            return text.upper() if self._chance(0.5) else text.lower()
        return text

    def _number(self, seen: list[float]) -> Json:
        op = self._one(NUMBER_OPS)

        def value() -> float | int:
            number = self._one(seen) if seen and self._chance(0.85) else self._one(NUMBERS)
            number = number if abs(number) < 1e12 else 7.0
            return int(number) if number.is_integer() and self._chance(0.5) else number

        if op == "between":
            return {"op": op, "value": sorted((value(), value()))}
        if op in ("in", "not_in"):
            return {"op": op, "value": [value() for _ in range(self.random.randint(1, 4))]}
        return {"op": op, "value": value()}

    def _boolean(self, seen: list[bool]) -> Json:
        return {"op": "eq", "value": self._chance(0.5)}

    def _datetime(self, seen: list[datetime]) -> Json:
        op = self._one(DATETIME_OPS)
        if op == "between":
            return {"op": op, "value": list(self._ordered())}
        if op in ("before", "after"):
            if seen and self._chance(0.5):
                return {"op": op, "value": self._text_of(self._one(seen))}
            return {"op": op, "value": self._instant()}
        return {"op": op, "value": self._duration()}

    def _list(self, seen: list[list[str]]) -> Json:
        texts = [text for values in seen for text in values] or list(TEXTS)
        number = self.random.randint(1, 3)
        return {"op": self._one(LIST_OPS), "value": [self._cased(self._one(texts)) for _ in range(number)]}

    def _chance(self, share: float) -> bool:
        return self.random.random() < share

    def _one(self, options: Any) -> Any:
        return options[int(self.random.random() * len(options))]


def draw_segments(random: Random, world: World) -> None:
    """Gives a world up to four segments that refer to earlier ones, with timezones of their own."""
    for number in range(random.randint(0, 4)):
        definition = Writer(random, world).definition()
        if random.random() < 0.4:
            definition["timezone"] = random.choice(ZONES)
        world.segments[f"segment {number}"] = definition
