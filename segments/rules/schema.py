"""The language as a JSON schema (draft 2020-12), written from the tables that validation reads.

A schema can't know the catalogue: it accepts every valid definition, and refuses what is wrong whatever the names
mean. The operators and measures are in it a second time as plain tables (`x-operators`, `x-measures`), from which
the page builds its controls.
"""

from collections.abc import Mapping
from typing import Any, Final

from segments.rules.catalogue import Type, Unit
from segments.rules.durations import LONGEST, LONGEST_YEAR
from segments.rules.operators import MEASURES, OPERATORS, MeasureKind, Operator, Takes
from segments.rules.parse import VERSION
from segments.rules.parsing.events import FEWEST_STEPS, LONGEST_WITHIN, MOST_STEPS
from segments.rules.parsing.rules import QUANTIFIERS
from segments.rules.parsing.times import LONGEST_DAYS, PERIODS, UNTIL
from segments.rules.parsing.values import LONGEST_LIST, LONGEST_PATTERN, LONGEST_TEXT, NUMBER_BOUND

Json = dict[str, Any]


def _durations(longest: Mapping[str, int]) -> Json:
    """Durations in these units; a pattern bounds the digits of a number, not the number."""
    counts = (f"[1-9][0-9]{{0,{len(str(most)) - 1}}} {unit}s?" for unit, most in longest.items())
    return {"type": "string", "pattern": f"^({'|'.join(counts)})$"}


TEXT: Final[Json] = {"type": "string", "maxLength": LONGEST_TEXT, "pattern": "^[^\\u0000]*$"}
NUMBER: Final[Json] = {"type": "number", "exclusiveMinimum": -NUMBER_BOUND, "exclusiveMaximum": NUMBER_BOUND}

VALUES: Final[dict[Takes, Json]] = {
    Takes.TEXT: TEXT,
    Takes.PART: TEXT | {"minLength": 1},
    Takes.PATTERN: {"type": "string", "minLength": 1, "maxLength": LONGEST_PATTERN},
    Takes.TEXTS: {"type": "array", "items": TEXT, "minItems": 1, "maxItems": LONGEST_LIST},
    Takes.NUMBER: NUMBER,
    Takes.NUMBERS: {"type": "array", "items": NUMBER, "minItems": 1, "maxItems": LONGEST_LIST},
    Takes.NUMBER_PAIR: {"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2},
    Takes.PERCENT: {"type": "number", "exclusiveMinimum": 0, "maximum": 100},
    Takes.BOOLEAN: {"type": "boolean"},
    Takes.INSTANT: {"$ref": "#/$defs/instant"},
    Takes.INSTANT_PAIR: {"type": "array", "items": {"$ref": "#/$defs/instant"}, "minItems": 2, "maxItems": 2},
    Takes.DURATION: {"$ref": "#/$defs/duration"},
    Takes.DURATION_TO_A_YEAR: _durations(LONGEST_YEAR),
}
"""What the value of an operator looks like."""


def schema() -> Json:
    """The schema of a definition."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Segment definition",
        **_object(
            {
                "version": {"const": VERSION},
                "unit": {"enum": [unit.value for unit in Unit]},
                "timezone": {"type": "string", "description": "An IANA name"},
                "rule": {"$ref": "#/$defs/rule"},
            },
            ["unit", "rule"],
        ),
        "$defs": _RULES | _TIMES | _COMPARISONS,
        "x-operators": {type_.value: [_operator(op) for op in table.values()] for type_, table in OPERATORS.items()},
        "x-measures": [_measure(kind) for kind in MEASURES.values()],
    }


def _object(properties: Json, required: list[str]) -> Json:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _list_of(name: str) -> Json:
    return {"type": "array", "items": {"$ref": f"#/$defs/{name}"}, "minItems": 1}


def _operator(operator: Operator) -> Json:
    return {
        "name": operator.name,
        "takes": operator.takes.value,
        "phrase": operator.phrase,
        "label": operator.label,
        "ignore_case": operator.ignore_case,
        "missing": operator.missing,
        "trait_only": operator.trait_only,
    }


def _measure(kind: MeasureKind) -> Json:
    return {
        "name": kind.name,
        "result": kind.result.value,
        "of": sorted(type_.value for type_ in kind.of),
        "of_required": kind.of_required,
        "missing": kind.can_miss,
    }


def _compared(key: str, *, trait: bool) -> Json:
    """A TRAIT or a PROPERTY: one of the shapes of its operators, whatever type the key turns out to have."""
    shapes = {
        (operator.takes, operator.ignore_case): _shape(key, operator, trait=trait)
        for table in OPERATORS.values()
        for operator in table.values()
        if trait or not operator.trait_only
    }
    return {"anyOf": list(shapes.values())}


def _shape(key: str, operator: Operator, *, trait: bool) -> Json:
    """All operators that take the same value, and the keys that go with them."""
    alike = [
        other.name
        for table in OPERATORS.values()
        for other in table.values()
        if (other.takes, other.ignore_case) == (operator.takes, operator.ignore_case)
        and (trait or not other.trait_only)
    ]
    properties: Json = {key: {"type": "string"}, "op": {"enum": sorted(set(alike))}}
    if operator.takes is Takes.NOTHING:
        return _object(properties, [key, "op"])
    properties |= {"value": VALUES[operator.takes], "missing": {"type": "boolean"}}
    if operator.ignore_case:
        properties["ignore_case"] = {"type": "boolean"}
    return _object(properties, [key, "op", "value"])


def _event() -> Json:
    """An EVENT: its parts, and per measure the operators of its result."""
    plain: Json = {
        "event": {"$ref": "#/$defs/names"},
        "where": {"$ref": "#/$defs/where"},
        "window": {"$ref": "#/$defs/window"},
    }
    return {"anyOf": [shape for kind in MEASURES.values() for shape in _measured(kind, plain)]}


def _measured(kind: MeasureKind, plain: Json) -> list[Json]:
    properties = plain | {"measure": {"const": kind.name}}
    required = ["event"] if kind.name == "count" else ["event", "measure"]
    if kind.of:
        properties |= {"of": {"type": "string"}}
    if kind.of_required:
        required += ["of"]
    if kind.name == "change":
        properties |= {"window": _object({"last": {"$ref": "#/$defs/duration"}}, ["last"])}
        required += ["window"]
    shapes = [_object(properties, required)] if kind.name == "count" else []
    return shapes + [_measured_by(kind, takes, properties, required) for takes in _taken(kind.result)]


def _taken(type_: Type) -> list[Takes]:
    """What the operators of a measured type take."""
    return list(dict.fromkeys(operator.takes for operator in OPERATORS[type_].values() if not operator.trait_only))


def _measured_by(kind: MeasureKind, takes: Takes, properties: Json, required: list[str]) -> Json:
    table = OPERATORS[kind.result].values()
    names = [operator.name for operator in table if operator.takes is takes and not operator.trait_only]
    compared = properties | {"op": {"enum": names}}
    if takes is Takes.NOTHING:
        return _object(compared, [*required, "op"])
    compared |= {"value": VALUES[takes]}
    if kind.can_miss:
        compared |= {"missing": {"type": "boolean"}}
    return _object(compared, [*required, "op", "value"])


_DURATION: Final[Json] = {"$ref": "#/$defs/duration"}
_INSTANT: Final[Json] = {"$ref": "#/$defs/instant"}
_RULE: Final[Json] = {"$ref": "#/$defs/rule"}

_YEAR: Final = "(19|2[0-2])[0-9]{2}"
_DAY: Final = "-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_CLOCK: Final = "([01][0-9]|2[0-3]):[0-5][0-9]"

_TIMES: Final[Json] = {
    "duration": _durations(LONGEST),
    "instant": {
        "anyOf": [
            {"type": "string", "pattern": f"^{_YEAR}{_DAY}$"},
            {
                "type": "string",
                "description": "1900 to 2299 in UTC, so an offset may lead into the year before or after",
                "pattern": f"^(1899|{_YEAR}|2300){_DAY}T{_CLOCK}:[0-5][0-9](\\.[0-9]{{1,6}})?(Z|[+-]{_CLOCK})$",
            },
            _object({"ago": _DURATION}, ["ago"]),
            _object({"ahead": _DURATION}, ["ahead"]),
        ]
    },
    "window": {
        "anyOf": [
            _object({"last": _DURATION}, ["last"]),
            _object(
                {"days": {"type": "integer", "minimum": 1, "maximum": LONGEST_DAYS}, "until": {"enum": list(UNTIL)}},
                ["days", "until"],
            ),
            _object({"this": {"enum": list(PERIODS)}}, ["this"]),
            _object({"previous": {"enum": list(PERIODS)}}, ["previous"]),
            _object({"from": _INSTANT, "to": _INSTANT}, []) | {"minProperties": 1},
        ]
    },
}

_WITHIN: Final = _durations(LONGEST_WITHIN)
_STEP: Final[Json] = {
    "event": {"$ref": "#/$defs/names"},
    "where": {"$ref": "#/$defs/where"},
    "absent": {"const": False},
}

_COMPARISONS: Final[Json] = {
    "trait": _compared("trait", trait=True),
    "property": _compared("property", trait=False),
    "where": {"type": "array", "items": {"$ref": "#/$defs/property"}},
    "names": {
        "anyOf": [
            {"type": "string"},
            {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": LONGEST_LIST},
        ]
    },
    "event": _event(),
}

_RULES: Final[Json] = {
    "rule": {
        "anyOf": [
            _object({"all": _list_of("rule")}, ["all"]),
            _object({"any": _list_of("rule")}, ["any"]),
            _object({"not": _RULE}, ["not"]),
            _object({"company": _RULE}, ["company"]),
            _object({"people": _RULE, "quantifier": {"$ref": "#/$defs/quantifier"}}, ["people"]),
            {"$ref": "#/$defs/trait"},
            {"$ref": "#/$defs/event"},
            {"$ref": "#/$defs/sequence"},
            _object({"segment": {"type": "string"}}, ["segment"]),
            _object({"everyone": {"const": True}}, ["everyone"]),
        ]
    },
    "quantifier": {
        "anyOf": [
            {"enum": list(QUANTIFIERS)},
            _object({"at_least": {"type": "integer", "minimum": 1, "exclusiveMaximum": NUMBER_BOUND}}, ["at_least"]),
        ]
    },
    "sequence": _object(
        {
            "sequence": {
                "type": "array",
                "prefixItems": [{"$ref": "#/$defs/first_step"}],
                "items": {"$ref": "#/$defs/step"},
                "minItems": FEWEST_STEPS,
                "maxItems": MOST_STEPS,
            },
            "window": {"$ref": "#/$defs/window"},
        },
        ["sequence"],
    ),
    "first_step": _object(_STEP, ["event"]),
    "step": {
        "anyOf": [
            _object(_STEP | {"within": _WITHIN}, ["event"]),
            _object(_STEP | {"within": _WITHIN, "absent": {"const": True}}, ["event", "within", "absent"]),
        ]
    },
}
