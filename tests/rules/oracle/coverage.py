"""What occurs in random definitions: productions, operators by operand, flags, measures, windows, instants.

Everything is named ``group: name``; the borders in the data are counted in `tests.rules.oracle.borders`.
"""

from collections import Counter
from typing import Any

from tests.rules.oracle.world import World

Json = dict[str, Any]
TEXT = ("eq", "ne", "in", "not_in", "contains", "not_contains", "starts_with", "ends_with", "matches")
NUMBER = ("eq", "ne", "gt", "gte", "lt", "lte", "between", "in", "not_in")
DATETIME = ("before", "after", "between", "in_last", "not_in_last", "in_next")
LIST = ("has_any", "has_all", "has_none")
SET = ("is_set", "is_not_set")
PERCENT = ("top_percent", "bottom_percent")
BY_TYPE = {"text": TEXT, "number": NUMBER, "boolean": ("eq",), "datetime": DATETIME, "list": LIST}
KINDS = ("all", "any", "not", "company", "people", "trait", "event", "sequence", "segment", "everyone")
MEASURES = ("count", "days", "sum", "avg", "min", "max", "first_at", "last_at", "change", "change of")
PERIODS = ("day", "week", "month", "quarter", "year")


def _named(group: str, *names: str) -> list[str]:
    return [f"{group}: {name}" for name in names]


EXPECTED = frozenset(
    [
        *_named("unit", "profile", "company"),
        *_named("rule", *KINDS),
        *_named("under not", *KINDS),
        *_named("quantifier", "any", "all", "none", "at_least", "left out"),
        *[one for place in ("trait", "property") for kind in BY_TYPE for one in _named(f"{place} {kind}", *SET)],
        *[
            one
            for place in ("trait", "property")
            for kind, ops in BY_TYPE.items()
            for one in _named(f"{place} {kind}", *ops)
        ],
        *_named("trait number", *PERCENT),
        *_named("trait datetime", "anniversary_in_next"),
        *_named("trait of the company", "written out", "in short"),
        *_named("missing with", *TEXT, *NUMBER, *DATETIME, *LIST, *PERCENT, "anniversary_in_next"),
        *_named("ignore_case with", *TEXT, *LIST),
        *_named("measure", *MEASURES),
        *_named("distinct of", "text", "number", "boolean", "datetime"),
        *_named("measured number", *NUMBER, *SET, "missing"),
        *_named("measured datetime", *DATETIME, *SET, "missing"),
        *_named("event", "without op", "where", "of one", "of a list", "of *"),
        *_named("window", "last", "days today", "days now", "from", "to", "none"),
        *_named("window this", *PERIODS),
        *_named("window previous", *PERIODS),
        *_named("instant", "offset", "date", "ago", "ahead"),
        *_named("sequence", "2 steps", "3 steps", "4 steps", "5 to 10 steps", "within", "absent", "where"),
    ]
)


def occurrences(definition: Json, world: World) -> Counter[str]:
    """How often each of `EXPECTED` occurs in a definition, referenced segments not counted."""
    counts = _Counts(world)
    counts.found[f"unit: {definition['unit']}"] += 1
    counts.rule(definition["rule"], definition["unit"], negated=False)
    return counts.found


class _Counts:
    """Walks over one definition."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.found = Counter[str]()

    def rule(self, rule: Json, unit: str, *, negated: bool) -> None:
        kind = next(key for key in KINDS if key in rule)
        self.found[f"rule: {kind}"] += 1
        self.found[f"under not: {kind}"] += negated
        match kind:
            case "all" | "any":
                for child in rule[kind]:
                    self.rule(child, unit, negated=negated)
            case "not":
                self.rule(rule["not"], unit, negated=True)
            case "company":
                self.found["trait of the company: written out"] += "trait" in rule["company"]
                self.rule(rule["company"], "company", negated=negated)
            case "people":
                quantifier = rule.get("quantifier", "left out")
                self.found[f"quantifier: {quantifier if isinstance(quantifier, str) else 'at_least'}"] += 1
                self.rule(rule["people"], "profile", negated=negated)
            case "trait":
                self._trait(rule, unit)
            case "event":
                self._event(rule)
            case "sequence":
                self._sequence(rule)

    def _trait(self, rule: Json, unit: str) -> None:
        key, types = rule["trait"], self.world.profile_traits if unit == "profile" else self.world.company_traits
        if unit == "profile" and key.startswith("company."):
            self.found["trait of the company: in short"] += 1
            key, types = key.removeprefix("company."), self.world.company_traits
        self._comparison("trait", types[key], rule)

    def _event(self, rule: Json) -> None:
        measure = rule.get("measure", "count")
        if measure == "distinct":
            self.found[f"distinct of: {self.world.property_type(rule['event'], rule['of'])}"] += 1
        else:
            self.found[f"measure: {measure}{' of' if measure == 'change' and 'of' in rule else ''}"] += 1
        self.found["event: where"] += bool(rule.get("where"))
        self._names(rule)
        self._window(rule.get("window"))
        if "op" not in rule:
            self.found["event: without op"] += 1
            return
        kind = "datetime" if measure in ("first_at", "last_at") else "number"
        self.found[f"measured {kind}: {rule['op']}"] += 1
        self.found[f"measured {kind}: missing"] += rule.get("missing", False)
        self._flags(rule)
        self._instants(rule.get("value"), kind)

    def _sequence(self, rule: Json) -> None:
        steps = rule["sequence"]
        self.found[f"sequence: {len(steps) if len(steps) < 5 else '5 to 10'} steps"] += 1
        self._window(rule.get("window"))
        for step in steps:
            self._names(step)
            self.found["sequence: within"] += "within" in step
            self.found["sequence: absent"] += step.get("absent", False)
            self.found["sequence: where"] += bool(step.get("where"))

    def _names(self, leaf: Json) -> None:
        names = leaf["event"]
        self.found[f"event: of {'*' if names == '*' else 'one' if isinstance(names, str) else 'a list'}"] += 1
        for condition in leaf.get("where", []):
            self._comparison("property", self.world.property_type(names, condition["property"]), condition)

    def _comparison(self, place: str, kind: str, leaf: Json) -> None:
        self.found[f"{place} {kind}: {leaf['op']}"] += 1
        self._flags(leaf)
        self._instants(leaf.get("value"), kind)

    def _flags(self, leaf: Json) -> None:
        self.found[f"missing with: {leaf['op']}"] += leaf.get("missing", False)
        self.found[f"ignore_case with: {leaf['op']}"] += leaf.get("ignore_case", False)

    def _window(self, window: Json | None) -> None:
        match window:
            case None:
                self.found["window: none"] += 1
            case {"this": period}:
                self.found[f"window this: {period}"] += 1
            case {"previous": period}:
                self.found[f"window previous: {period}"] += 1
            case {"days": _, "until": until}:
                self.found[f"window: days {until}"] += 1
            case _:
                for kind, value in window.items():
                    self.found[f"window: {kind}"] += 1
                    self._instants(value, "datetime")

    def _instants(self, value: Any, kind: str) -> None:
        if kind != "datetime" or value is None:
            return
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                self.found[f"instant: {next(iter(one))}"] += 1
            elif " " not in one:
                self.found[f"instant: {'offset' if 'T' in one else 'date'}"] += 1
