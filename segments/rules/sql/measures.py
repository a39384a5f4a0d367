"""Measures of events as aggregates over the rows of one member: RULES 3.5 to 3.7."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from segments.rules.catalogue import Catalogue, Type
from segments.rules.moments import Clock, Offset, Span, offsets
from segments.rules.nodes import Event, Last, Measure, Property
from segments.rules.operators import MEASURES
from segments.rules.sql.build import (
    Expression,
    both,
    call,
    choose,
    coalesce,
    column,
    compare,
    distinct,
    divide,
    integer,
    multiply,
    named,
    star,
    subtract,
    when,
)
from segments.rules.sql.conditions import Operand
from segments.rules.sql.dialects.base import MILLION, Primitives
from segments.rules.sql.sources import ROWS, property_type

TOTALS = "t"
APART = ("days", "distinct")
"""Measures that keep all values of each member: cheap only over no more rows than they need."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What is measured of which events; leaves with the same one share a column.

    `middle` parts the two windows of `change`; `offsets` are those of the timezone for `days`; `zone` is there
    because the instants in `where` depend on it.
    """

    measure: Measure
    of: str | None
    of_type: Type | None
    where: tuple[Property, ...]
    where_types: tuple[Type, ...]
    span: Span
    zone: str
    middle: datetime | None = None
    offsets: tuple[Offset, ...] = ()


def measured(event: Event, clock: Clock, catalogue: Catalogue) -> Measured:
    """The part of a leaf that needs no operator and no value."""
    of_type = None if event.of is None else property_type(catalogue, event.names, event.of)
    where_types = tuple(property_type(catalogue, event.names, leaf.key) for leaf in event.where)
    span = clock.window(event.window)
    middle: datetime | None = None
    table: tuple[Offset, ...] = ()
    if event.measure == "change" and isinstance(event.window, Last):
        middle = span.start
        span = Span(clock.window_before(event.window).start, span.end)
    if event.measure == "days":
        table = offsets(clock.zone, span)
    return Measured(event.measure, event.of, of_type, event.where, where_types, span, clock.zone.key, middle, table)


def operand_of(event: Event, make: Callable[[], Expression]) -> Operand:
    """The column of a measure as an operand."""
    kind = MEASURES[event.measure]
    return Operand(make, kind.result, zero=kind.result is Type.NUMBER and not kind.can_miss)


class Aggregates:
    """The aggregates of one query over rows, and how measures are finished from their columns in `TOTALS`."""

    def __init__(self, primitives: Primitives) -> None:
        self.primitives = primitives
        self.columns: list[Expression] = []
        self.finished = False
        """Whether a measure is more than one of the columns."""

    def measure(
        self, name: str, what: Measured, of: Callable[[], Expression] | None, condition: Expression | None
    ) -> Expression:
        """The measure, named `name`, of the rows that satisfy a condition (None: of all); NULL or 0 over none."""
        if what.measure in ("sum", "avg", "change"):
            self.finished = True
        match what.measure, of:
            case "change", _:
                return self._change(name, what, of, condition)
            case "sum", of if of is not None:
                return self._sum(name, of, condition)
            case "avg", of if of is not None:
                return self._average(name, of, condition)
        return self._keep(name, _simple(self.primitives, what, of, condition))

    def _keep(self, name: str, aggregate: Expression) -> Expression:
        self.columns.append(named(aggregate, name))
        return column(TOTALS, name)

    def _sum(self, name: str, of: Callable[[], Expression], condition: Expression | None) -> Expression:
        total = self._keep(name, call("SUM", when(condition, self.primitives.millionths(of()))))
        return divide(self.primitives.nearest_double(total), integer(MILLION))

    def _average(self, name: str, of: Callable[[], Expression], condition: Expression | None) -> Expression:
        total = self._keep(name, call("SUM", when(condition, self.primitives.millionths(of()))))
        number = self._keep(f"{name}_of", call("COUNT", when(_copied(condition), of())))
        scaled = multiply(self.primitives.as_double(number), integer(MILLION))
        return divide(self.primitives.nearest_double(total), _nonzero(scaled))

    def _change(
        self, name: str, what: Measured, of: Callable[[], Expression] | None, condition: Expression | None
    ) -> Expression:
        if what.middle is None:
            raise ValueError("change needs a window")
        middle = self.primitives.instant(what.middle)
        parts = []
        for part, operator in (("now", ">="), ("before", "<")):
            rows = both(_copied(condition), compare(column(ROWS, "timestamp"), operator, middle.copy()))
            if of is None:
                parts.append(self.primitives.as_double(self._keep(f"{name}_{part}", _count(rows))))
            else:
                zero = self.primitives.as_double(integer(0))
                parts.append(coalesce(self._sum(f"{name}_{part}", of, rows), zero))
        now, before = parts
        return divide(subtract(now, before), _nonzero(before.copy()))


def _simple(
    primitives: Primitives, what: Measured, of: Callable[[], Expression] | None, condition: Expression | None
) -> Expression:
    moment = column(ROWS, "timestamp")
    match what.measure:
        case "count":
            return _count(condition)
        case "days":
            return call("COUNT", distinct(when(condition, primitives.local_day(moment, what.offsets))))
        case "first_at":
            return call("MIN", when(condition, moment))
        case "last_at":
            return call("MAX", when(condition, moment))
    if of is None:
        raise ValueError(f"{what.measure} needs a property")
    match what.measure:
        case "min":
            return call("MIN", when(condition, primitives.as_double(of())))
        case "max":
            return call("MAX", when(condition, primitives.as_double(of())))
        case _:
            value = primitives.exact(of()) if what.of_type is Type.TEXT else of()
            return call("COUNT", distinct(when(condition, value)))


def _count(condition: Expression | None) -> Expression:
    return call("COUNT", star() if condition is None else choose([(condition, integer(1))]))


def _copied(condition: Expression | None) -> Expression | None:
    return None if condition is None else condition.copy()


def _nonzero(number: Expression) -> Expression:
    return call("NULLIF", number, integer(0))
