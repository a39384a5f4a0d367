"""The normal form of a definition, and its identity: definitions that are spelt differently but say the same.

The form that people wrote is kept as they wrote it; this one is for finding copies and forks.
"""

import json
from hashlib import sha256
from typing import Any as AnyValue
from typing import cast

from segments.rules.catalogue import Type
from segments.rules.durations import format_duration
from segments.rules.instants import format_instant
from segments.rules.nodes import (
    Ago,
    Ahead,
    All,
    Any,
    At,
    AtLeast,
    Between,
    Days,
    Definition,
    Duration,
    Event,
    Everyone,
    InCompany,
    Instant,
    Last,
    Midnight,
    Not,
    People,
    Previous,
    Property,
    Quantifier,
    Rule,
    SegmentRef,
    Sequence,
    Step,
    This,
    Trait,
    Value,
    Window,
)
from segments.rules.operators import MEASURES, OPERATORS

Json = AnyValue
"""What `json.dumps` takes."""


def normalise(definition: Definition) -> dict[str, Json]:
    """The normal form: a document of the language that means the same."""
    return {
        "version": definition.version,
        "unit": definition.unit.value,
        "timezone": definition.timezone,
        "rule": _rule(definition.rule),
    }


def definition_sha256(definition: Definition) -> str:
    """The identity of a definition: SHA-256, in hexadecimal, of its normal form as compact JSON in UTF-8."""
    return sha256(compact_json(normalise(definition)).encode()).hexdigest()


def compact_json(value: Json) -> str:
    """JSON without spaces, keys sorted by code point, text not escaped beyond need."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _as_set(items: list[Json]) -> list[Json]:
    """The items sorted by code point of their own JSON, without repeats."""
    by_text = {compact_json(item): item for item in items}
    return [by_text[text] for text in sorted(by_text)]


def _rule(rule: Rule) -> dict[str, Json]:
    match rule:
        case All(rules):
            return _group("all", rules)
        case Any(rules):
            return _group("any", rules)
        case Not(inner):
            negated = _rule(inner)
            return cast("dict[str, Json]", negated["not"]) if "not" in negated else {"not": negated}
        case InCompany(inner):
            return {"company": _rule(inner)}
        case People(inner, quantifier):
            return {"people": _rule(inner), "quantifier": _quantifier(quantifier)}
        case _:
            return _leaf(rule)


def _leaf(rule: Everyone | Trait | Event | Sequence | SegmentRef) -> dict[str, Json]:
    match rule:
        case Everyone():
            return {"everyone": True}
        case Trait(key):
            return {"trait": key} | _comparison(rule)
        case Event():
            return _event(rule)
        case Sequence(steps, window):
            return {"sequence": [_step(step) for step in steps]} | _window_key(window)
        case SegmentRef(key):
            return {"segment": key}


def _group(kind: str, rules: tuple[Rule, ...]) -> dict[str, Json]:
    """A group with the children of groups of its own kind, or its only child."""
    children: list[Json] = []
    for child in map(_rule, rules):
        children.extend(child.get(kind, [child]))
    children = _as_set(children)
    return cast("dict[str, Json]", children[0]) if len(children) == 1 else {kind: children}


def _quantifier(quantifier: Quantifier) -> Json:
    return {"at_least": quantifier.count} if isinstance(quantifier, AtLeast) else quantifier


def _comparison(leaf: Trait | Property) -> dict[str, Json]:
    """Operator and value, and those of `missing` and `ignore_case` that have a meaning with them."""
    written: dict[str, Json] = {"op": leaf.op}
    if leaf.value is None:
        return written
    written |= {"value": _value(leaf.op, leaf.value), "missing": leaf.missing}
    if _compares_text(leaf.op, leaf.value):
        written["ignore_case"] = leaf.ignore_case
    return written


def _compares_text(op: str, value: Value) -> bool:
    """Whether `ignore_case` has a meaning with this operator and value."""
    first = value[0] if isinstance(value, tuple) else value
    return isinstance(first, str) and any(
        op in OPERATORS[type_] and OPERATORS[type_][op].ignore_case for type_ in (Type.TEXT, Type.LIST)
    )


def _value(op: str, value: Value) -> Json:
    match value:
        case bool() | str() | None:
            return value
        case float():
            return _number(value)
        case Duration():
            return format_duration(value)
        case At() | Midnight() | Ago() | Ahead():
            return format_instant(value)
        case tuple():
            items = [_value(op, item) for item in cast("tuple[Value, ...]", value)]
            return items if op == "between" else _as_set(items)


def _number(value: float) -> int | float:
    """A whole number without a point; `json` writes the others as the shortest text that reads back."""
    return int(value) if value.is_integer() else value


def _event(event: Event) -> dict[str, Json]:
    written = {"event": _names(event.names), "where": _where(event.where), "measure": event.measure, "op": event.op}
    written |= _window_key(event.window)
    if event.of is not None:
        written["of"] = event.of
    if event.value is not None:
        written["value"] = _value(event.op, event.value)
        if MEASURES[event.measure].can_miss:
            written["missing"] = event.missing
    return written


def _step(step: Step) -> dict[str, Json]:
    written = {"event": _names(step.names), "where": _where(step.where), "absent": step.absent}
    if step.within is not None:
        written["within"] = format_duration(step.within)
    return written


def _names(names: tuple[str, ...] | None) -> Json:
    """``"*"`` for all events; an event that is really called so stays in a list."""
    if names is None:
        return "*"
    sorted_names = _as_set(list(names))
    return sorted_names[0] if len(sorted_names) == 1 and sorted_names != ["*"] else sorted_names


def _where(where: tuple[Property, ...]) -> list[Json]:
    return _as_set([{"property": condition.key} | _comparison(condition) for condition in where])


def _window_key(window: Window | None) -> dict[str, Json]:
    return {} if window is None else {"window": _window(window)}


def _window(window: Window) -> dict[str, Json]:
    match window:
        case Last(duration):
            return {"last": format_duration(duration)}
        case Days(count, until):
            return {"days": count, "until": until}
        case This(period):
            return {"this": period}
        case Previous(period):
            return {"previous": period}
        case Between(start, end):
            return _end("from", start) | _end("to", end)


def _end(key: str, instant: Instant | None) -> dict[str, Json]:
    return {} if instant is None else {key: format_instant(instant)}
