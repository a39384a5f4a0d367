"""Comparisons of one operand: a leaf's operator, value and flags as a condition."""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from segments.rules.catalogue import Type
from segments.rules.fold import fold
from segments.rules.moments import END, FIRST, Clock, Span
from segments.rules.nodes import Ago, Ahead, At, Duration, Event, Instant, Midnight, Property, Trait
from segments.rules.pattern import fold_pattern, parse_pattern
from segments.rules.sql.build import (
    Expression,
    coalesce,
    compare,
    every,
    false,
    integer,
    is_not_null,
    is_null,
    negate,
    some,
    true,
)
from segments.rules.sql.dialects.base import Primitives

Leaf = Trait | Property | Event


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition; where it may be NULL, that means false."""

    expression: Expression
    nullable: bool = True

    def settled(self) -> Expression:
        """The condition as TRUE or FALSE."""
        return coalesce(self.expression, false()) if self.nullable else self.expression


def always(*, holds: bool) -> Condition:
    """A condition that is the same for everybody."""
    return Condition(true() if holds else false(), nullable=False)


@dataclass(frozen=True, slots=True)
class Operand:
    """What a leaf compares: a maker of fresh expressions, NULL where it is missing.

    `zero` says that NULL stands for 0, as it does for the counts and sums of those without any event.
    """

    make: Callable[[], Expression]
    type: Type
    zero: bool = False


def compare_operand(primitives: Primitives, clock: Clock, operand: Operand, leaf: Leaf) -> Condition:
    """The condition that a leaf puts on its operand: RULES 3.3 for missing ones."""
    if operand.zero:
        return _compare_zero(primitives, operand, leaf)
    if leaf.op == "is_set":
        return Condition(is_not_null(operand.make()), nullable=False)
    if leaf.op == "is_not_set":
        return Condition(is_null(operand.make()), nullable=False)
    return or_missing(_present(primitives, clock, operand, leaf), operand, missing=leaf.missing)


def or_missing(condition: Condition, operand: Operand, *, missing: bool) -> Condition:
    """The condition, true for a missing operand where the leaf says so."""
    if not missing:
        return condition
    if condition.expression == false():
        return Condition(is_null(operand.make()), nullable=False)
    return Condition(some([condition.expression, is_null(operand.make())]), nullable=False)


def _compare_zero(primitives: Primitives, operand: Operand, leaf: Leaf) -> Condition:
    if leaf.op in ("is_set", "is_not_set"):
        return always(holds=leaf.op == "is_set")
    condition = _number(primitives, operand, leaf)
    if holds_for_number(0.0, leaf):
        return Condition(some([condition, is_null(operand.make())]), nullable=False)
    return Condition(condition)


def holds_for_number(number: float, leaf: Leaf) -> bool:
    """Whether a number that is there satisfies a leaf."""
    if leaf.op in _ORDER:
        return _COMPARE[leaf.op](number, cast("float", leaf.value))
    values = cast("tuple[float, ...]", leaf.value)
    match leaf.op:
        case "between":
            return values[0] <= number <= values[1]
        case "in":
            return number in values
        case "not_in":
            return number not in values
    raise ValueError(f"{leaf.op} is no operator of numbers")


def holds_for_missing(leaf: Leaf) -> bool:
    """Whether a missing operand satisfies a leaf."""
    return leaf.op == "is_not_set" or (leaf.op != "is_set" and leaf.missing)


def holds_for_none(operand: Operand, leaf: Leaf) -> bool:
    """Whether a measure of no events at all satisfies a leaf."""
    if not operand.zero:
        return holds_for_missing(leaf)
    return leaf.op == "is_set" or (leaf.op != "is_not_set" and holds_for_number(0.0, leaf))


def _present(primitives: Primitives, clock: Clock, operand: Operand, leaf: Leaf) -> Condition:
    match operand.type:
        case Type.TEXT:
            return Condition(_text(primitives, operand, leaf))
        case Type.NUMBER:
            return Condition(_number(primitives, operand, leaf))
        case Type.BOOLEAN:
            return Condition(compare(operand.make(), "=", true() if leaf.value is True else false()))
        case Type.DATETIME:
            return _datetime(primitives, clock, operand, leaf)
        case Type.LIST:
            return Condition(_list(primitives, operand, leaf))


_ORDER = {"eq": "=", "ne": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}


def _number(primitives: Primitives, operand: Operand, leaf: Leaf) -> Expression:
    if leaf.op in _ORDER:
        return compare(operand.make(), _ORDER[leaf.op], primitives.number(cast("float", leaf.value)))
    values = [primitives.number(value) for value in cast("tuple[float, ...]", leaf.value)]
    match leaf.op:
        case "between":
            low, high = values
            return every([compare(operand.make(), ">=", low), compare(operand.make(), "<=", high)])
        case "in":
            return primitives.among(operand.make(), values)
        case "not_in":
            return primitives.not_among(operand.make(), values)
    raise ValueError(f"{leaf.op} is no operator of numbers")


def _text(primitives: Primitives, operand: Operand, leaf: Trait | Property | Event) -> Expression:
    folds = not isinstance(leaf, Event) and leaf.ignore_case
    exact = primitives.exact(operand.make())
    text = primitives.fold(exact) if folds else exact
    if leaf.op in ("in", "not_in"):
        wanted = _folded(cast("tuple[str, ...]", leaf.value), folds=folds)
        values = [primitives.text(value) for value in wanted]
        return primitives.among(text, values) if leaf.op == "in" else primitives.not_among(text, values)
    value = cast("str", leaf.value)
    if leaf.op == "matches":
        pattern = parse_pattern(value)
        return primitives.matches(text, fold_pattern(pattern) if folds else pattern)
    part = fold(value) if folds else value
    match leaf.op:
        case "eq" | "ne":
            return compare(text, _ORDER[leaf.op], primitives.text(part))
        case "contains":
            return primitives.contains(text, part)
        case "not_contains":
            return negate(primitives.contains(text, part))
        case "starts_with":
            return primitives.starts_with(text, part)
        case "ends_with":
            return primitives.ends_with(text, part)
    raise ValueError(f"{leaf.op} is no operator of texts")


def _folded(values: tuple[str, ...], *, folds: bool) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fold(value) for value in values)) if folds else values


def _list(primitives: Primitives, operand: Operand, leaf: Leaf) -> Expression:
    folds = not isinstance(leaf, Event) and leaf.ignore_case
    wanted = _folded(cast("tuple[str, ...]", leaf.value), folds=folds)
    values = primitives.folded(operand.make()) if folds else operand.make()
    there = is_not_null(operand.make())
    match leaf.op:
        case "has_any":
            return every([there, primitives.has_any(values, wanted)])
        case "has_all":
            return every([there, primitives.has_all(values, wanted)])
        case "has_none":
            return every([there, negate(primitives.has_any(values, wanted))])
    raise ValueError(f"{leaf.op} is no operator of lists")


def _datetime(primitives: Primitives, clock: Clock, operand: Operand, leaf: Leaf) -> Condition:
    if leaf.op == "anniversary_in_next":
        return Condition(_anniversary(primitives, clock, operand, cast("Duration", leaf.value)))
    conditions = span_conditions(primitives, operand.make, datetime_span(clock, leaf))
    if conditions is None:
        return always(holds=False)
    return Condition(every(conditions or [is_not_null(operand.make())]))


def datetime_span(clock: Clock, leaf: Leaf) -> Span:
    """The instants that an operator of datetimes lets through: RULES 3.10."""
    match leaf.op, leaf.value:
        case "before", At() | Midnight() | Ago() | Ahead() as end:
            return Span(None, clock.instant(end))
        case "after", At() | Midnight() | Ago() | Ahead() as start:
            return Span(clock.instant(start), None)
        case "between", (start, end):
            return Span(clock.instant(cast("Instant", start)), clock.instant(cast("Instant", end)))
        case "in_last", Duration() as duration:
            return Span(clock.shift(duration, -1), clock.as_of)
        case "not_in_last", Duration() as duration:
            return Span(None, clock.shift(duration, -1))
        case "in_next", Duration() as duration:
            return Span(clock.as_of, clock.shift(duration, 1))
    raise ValueError(f"{leaf.op} is no operator of datetimes")


def span_conditions(primitives: Primitives, make: Callable[[], Expression], span: Span) -> list[Expression] | None:
    """The comparisons that keep an instant in a span, none for the whole of time, None where nothing lies in it.

    Ends beyond the range of the data are left out: not every engine has instants there.
    """
    if span.empty or (span.end is not None and span.end <= FIRST) or (span.start is not None and span.start >= END):
        return None
    conditions = []
    if span.start is not None and span.start > FIRST:
        conditions.append(compare(make(), ">=", primitives.instant(span.start)))
    if span.end is not None and span.end < END:
        conditions.append(compare(make(), "<", primitives.instant(span.end)))
    return conditions


def _anniversary(primitives: Primitives, clock: Clock, operand: Operand, duration: Duration) -> Expression:
    options = []
    for days in clock.anniversaries(duration):
        parts = [
            compare(primitives.month_day(operand.make()), ">=", integer(days.first)),
            compare(primitives.month_day(operand.make()), "<=", integer(days.last)),
        ]
        before = span_conditions(primitives, operand.make, Span(None, datetime(days.before, 1, 1, tzinfo=FIRST.tzinfo)))
        if before is not None:
            options.append(every([*before, *parts]))
    return some(options) if options else false()
