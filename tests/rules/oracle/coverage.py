"""What occurs in random definitions: productions, operators by operand, windows, measures, borders."""

from collections import Counter
from typing import Any

from tests.rules.oracle.world import World

Json = dict[str, Any]
TEXT = ("eq", "ne", "in", "not_in", "contains", "not_contains", "starts_with", "ends_with", "matches")
NUMBER = ("eq", "ne", "gt", "gte", "lt", "lte", "between", "in", "not_in")
DATETIME = ("before", "after", "between", "in_last", "not_in_last", "in_next")
LIST = ("has_any", "has_all", "has_none")
SET = ("is_set", "is_not_set")
BY_TYPE = {"text": TEXT, "number": NUMBER, "boolean": ("eq",), "datetime": DATETIME, "list": LIST}
MEASURES = ("count", "days", "sum", "avg", "min", "max", "distinct", "first_at", "last_at", "change", "change of")
PERIODS = ("day", "week", "month", "quarter", "year")

EXPECTED = frozenset(
    [
        *(f"rule {kind}" for kind in ("all", "any", "not", "company", "people")),
        *(f"rule {kind}" for kind in ("trait", "event", "sequence", "segment", "everyone")),
        *(f"unit {unit}" for unit in ("profile", "company")),
        *(f"quantifier {kind}" for kind in ("any", "all", "none", "at_least", "left out")),
        *(f"{place} {kind} {op}" for place in ("trait", "property") for kind, ops in BY_TYPE.items() for op in ops),
        *(f"{place} {kind} set" for place in ("trait", "property") for kind in BY_TYPE),
        *(f"trait number {op}" for op in ("top_percent", "bottom_percent")),
        "trait datetime anniversary_in_next",
        "trait of the company",
        *(f"measure {measure}" for measure in MEASURES),
        *(f"measured number {op}" for op in (*NUMBER, *SET)),
        *(f"measured datetime {op}" for op in (*DATETIME, *SET)),
        *(f"measured {kind} missing" for kind in ("number", "datetime")),
        *(f"{place} missing" for place in ("trait", "property")),
        *(f"{place} ignore_case" for place in ("trait", "property")),
        *(f"names {kind}" for kind in ("one", "list", "*")),
        *(f"window {kind}" for kind in ("last", "days today", "days now", "from", "to", "none")),
        *(f"window {kind} {period}" for kind in ("this", "previous") for period in PERIODS),
        *(f"instant {kind}" for kind in ("offset", "date", "ago", "ahead")),
        *(f"steps {number}" for number in (2, 3, 4)),
        "step within",
        "step absent",
        "step where",
        "event without op",
    ]
)


def occurrences(definition: Json, world: World) -> Counter[str]:
    """How often each of `EXPECTED` occurs in a definition, referenced segments not counted."""
    found = Counter([f"unit {definition['unit']}"])
    _rule(definition["rule"], definition["unit"], world, found)
    return found


def _rule(rule: Json, unit: str, world: World, found: Counter[str]) -> None:
    kind = next(key for key in rule if f"rule {key}" in EXPECTED)
    found[f"rule {kind}"] += 1
    match kind:
        case "all" | "any":
            for child in rule[kind]:
                _rule(child, unit, world, found)
        case "not":
            _rule(rule["not"], unit, world, found)
        case "company":
            _rule(rule["company"], "company", world, found)
        case "people":
            quantifier = rule.get("quantifier", "left out")
            found[f"quantifier {quantifier if isinstance(quantifier, str) else 'at_least'}"] += 1
            _rule(rule["people"], "profile", world, found)
        case "trait":
            _trait(rule, unit, world, found)
        case "event":
            _event(rule, world, found)
        case "sequence":
            _sequence(rule, world, found)


def _trait(rule: Json, unit: str, world: World, found: Counter[str]) -> None:
    key, types = rule["trait"], world.profile_traits if unit == "profile" else world.company_traits
    if unit == "profile" and key.startswith("company."):
        found["trait of the company"] += 1
        key, types = key.removeprefix("company."), world.company_traits
    _comparison("trait", types[key], rule, found)


def _event(rule: Json, world: World, found: Counter[str]) -> None:
    measure = rule.get("measure", "count")
    found[f"measure {measure}{' of' if measure == 'change' and 'of' in rule else ''}"] += 1
    _names(rule, world, found)
    _window(rule.get("window"), found)
    if "op" not in rule:
        found["event without op"] += 1
        return
    kind = "datetime" if measure in ("first_at", "last_at") else "number"
    found[f"measured {kind} {rule['op']}"] += 1
    if rule.get("missing"):
        found[f"measured {kind} missing"] += 1
    _instants(rule.get("value"), kind, found)


def _sequence(rule: Json, world: World, found: Counter[str]) -> None:
    found[f"steps {len(rule['sequence'])}"] += 1
    _window(rule.get("window"), found)
    for step in rule["sequence"]:
        _names(step, world, found)
        found["step within"] += "within" in step
        found["step absent"] += step.get("absent", False)
        found["step where"] += bool(step.get("where"))


def _names(leaf: Json, world: World, found: Counter[str]) -> None:
    names = leaf["event"]
    found["names *" if names == "*" else "names one" if isinstance(names, str) else "names list"] += 1
    for condition in leaf.get("where", []):
        listed = list(world.event_properties) if names == "*" else [names] if isinstance(names, str) else names
        kinds = [world.event_properties[name] for name in listed]
        kind = next(types[condition["property"]] for types in kinds if condition["property"] in types)
        _comparison("property", kind, condition, found)


def _comparison(place: str, kind: str, leaf: Json, found: Counter[str]) -> None:
    op = leaf["op"]
    found[f"{place} {kind} {'set' if op in SET else op}"] += 1
    found[f"{place} missing"] += leaf.get("missing", False)
    found[f"{place} ignore_case"] += leaf.get("ignore_case", False)
    _instants(leaf.get("value"), kind, found)


def _window(window: Json | None, found: Counter[str]) -> None:
    if window is None:
        found["window none"] += 1
        return
    for kind, value in window.items():
        if kind in ("this", "previous"):
            found[f"window {kind} {value}"] += 1
        elif kind == "days":
            found[f"window days {window['until']}"] += 1
        elif kind != "until":
            found[f"window {kind}"] += 1
        if kind in ("from", "to"):
            _instants(value, "datetime", found)


def _instants(value: Any, kind: str, found: Counter[str]) -> None:
    if kind != "datetime" or value is None:
        return
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            found[f"instant {next(iter(one))}"] += 1
        elif " " not in one:
            found["instant offset" if "T" in one else "instant date"] += 1
