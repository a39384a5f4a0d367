"""Sequences of events: RULES 3.13, step by step, without sorting.

A step's rows are the events with which the steps up to it are done. Whether an event has one of the step before it in
reach is asked of slots of time as long as `within`, of which the first and the last instant are kept: an earlier event
in the same slot is in reach, one in the slot before is if the last of them is, one further back is not. Without a
limit the first event of the step before decides. The wait for an absent step looks forward in the same way.
"""

from collections.abc import Callable, Iterable

from sqlglot import exp

from segments.rules.catalogue import Catalogue, Unit
from segments.rules.moments import Clock, Span, exact_seconds
from segments.rules.nodes import Sequence, Step
from segments.rules.sql.build import (
    Expression,
    add,
    both,
    call,
    column,
    compare,
    cte,
    every,
    false,
    integer,
    is_among,
    is_null,
    left_join,
    named,
    negate,
    select,
    some,
    subtract,
    table,
)
from segments.rules.sql.conditions import Operand, compare_operand, span_conditions
from segments.rules.sql.dialects.base import Primitives
from segments.rules.sql.scan import ScanNotes
from segments.rules.sql.sources import (
    MEMBER,
    ROWS,
    event_tables,
    property_maker,
    property_type,
    source_columns,
    stream,
    union_of,
)

Towards = Callable[[Expression, Expression], Expression]
SAME, NEXT = "same", "next"
"""The slot of an event, and the neighbouring one towards the event that is looked for."""


class SequenceQuery:
    """Builds the common table expressions of one sequence; the last one, `alias`, holds its members once each."""

    def __init__(
        self, sequence: Sequence, alias: str, unit: Unit, clock: Clock, catalogue: Catalogue, primitives: Primitives
    ) -> None:
        self.alias = alias
        self.unit = unit
        self.member = MEMBER[unit]
        self.clock = clock
        self.catalogue = catalogue
        self.primitives = primitives
        self.window = clock.window(sequence.window)
        self.absent = sequence.steps[-1] if sequence.steps[-1].absent else None
        self.present = sequence.steps[:-1] if self.absent else sequence.steps
        self.parts: list[exp.CTE] = []

    def build(self, notes: ScanNotes) -> list[exp.CTE]:
        """The expressions in the order in which they must stand."""
        first = self._rows((self.present[0],), self.window, notes)
        self._add("step_1", select([self._named_mine(), _moment()], first, where=self._goes_on(notes)))
        for number, step in enumerate(self.present[1:], start=2):
            if step.within is None:
                self._follow(number, step, notes)
            else:
                self._follow_within(number, step, exact_seconds(step.within), notes)
        conditions: list[Expression] = []
        joins: list[exp.Join] = []
        if self.absent is not None:
            joins, conditions = self._wait(self.absent, notes)
        last = table(self._name(f"step_{len(self.present)}"), ROWS)
        where = every(conditions) if conditions else None
        self.parts.append(
            cte(self.alias, select([self._named_mine()], last, joins=joins, where=where, group=[self._mine()]))
        )
        return self.parts

    def _goes_on(self, notes: ScanNotes) -> Expression | None:
        """Whether a member of the first step has events of all the others at all: most have not, and end there."""
        condition: Expression | None = None
        for step in reversed(self.present[1:] if self.primitives.narrows else ()):
            rows = self._rows((step,), self.window, notes)
            condition = is_among(self._mine(), select([self._mine()], rows, where=condition))
        return condition

    def _follow(self, number: int, step: Step, notes: ScanNotes) -> None:
        """Adds a step that may come at any time after the first event of the step before."""
        before = self._name(f"first_{number - 1}")
        first = named(call("MIN", _moment()), "first")
        reached = table(self._name(f"step_{number - 1}"), ROWS)
        self._add(f"first_{number - 1}", select([self._named_mine(), first], reached, group=[self._mine()]))
        joined = left_join(table(before, SAME), compare(column(SAME, self.member), "=", self._mine()))
        later = compare(_moment(), ">", column(SAME, "first"))
        rows = self._rows((step,), self.window, notes)
        self._add(f"step_{number}", select([self._named_mine(), _moment()], rows, joins=[joined], where=later))

    def _follow_within(self, number: int, step: Step, seconds: int, notes: ScanNotes) -> None:
        """Adds a step that must come within so many seconds of an event of the step before."""
        slots = self._slots(f"slots_{number - 1}", table(self._name(f"step_{number - 1}"), ROWS), seconds)
        near = [
            compare(column(SAME, "first"), "<", _moment()),
            self.primitives.within(_moment(), column(NEXT, "last"), seconds),
        ]
        rows = self._rows((step,), self.window, notes)
        joins = self._neighbours(slots, seconds, towards=subtract)
        self._add(f"step_{number}", select([self._named_mine(), _moment()], rows, joins=joins, where=some(near)))

    def _wait(self, absent: Step, notes: ScanNotes) -> tuple[list[exp.Join], list[Expression]]:
        """What must hold of an event of the last present step for the absent one not to have come in time.

        An event that matches either ends the wait, inside the window or not.
        """
        if absent.within is None:
            raise ValueError("an absent step needs within")
        seconds = exact_seconds(absent.within)
        anew = Span(self.window.start, self.clock.as_of)
        slots = self._slots("slots_of_wait", self._rows((self.present[-1], absent), anew, notes), seconds)
        last, first = column(SAME, "last"), column(NEXT, "first")
        over = span_conditions(self.primitives, _moment, Span(None, self.clock.shift(absent.within, -1)))
        conditions = [
            some([is_null(last), compare(last.copy(), "<=", _moment())]),
            some([is_null(first), negate(self.primitives.within(first.copy(), _moment(), seconds))]),
            *([false()] if over is None else over),
        ]
        return self._neighbours(slots, seconds, towards=add), conditions

    def _slots(self, name: str, rows: Expression, seconds: int) -> str:
        """Adds the first and the last instant of each slot of a member, and gives the name."""
        slot = self.primitives.slot(_moment(), seconds)
        ends = [named(call("MIN", _moment()), "first"), named(call("MAX", _moment()), "last")]
        grouped = [self._mine(), slot.copy()]
        return self._add(name, select([self._named_mine(), named(slot, "slot"), *ends], rows, group=grouped))

    def _neighbours(self, slots: str, seconds: int, *, towards: Towards) -> list[exp.Join]:
        """Joins the slot of an event, and the next one in a direction."""
        slot = self.primitives.slot(_moment(), seconds)
        joins = []
        for alias, wanted in ((SAME, slot), (NEXT, towards(slot.copy(), integer(seconds)))):
            mine = compare(column(alias, self.member), "=", self._mine())
            joins.append(left_join(table(slots, alias), every([mine, compare(column(alias, "slot"), "=", wanted)])))
        return joins

    def _rows(self, steps: Iterable[Step], span: Span, notes: ScanNotes) -> Expression:
        """The events in a span that match one of the steps: the member and the timestamp."""
        streams = []
        for step in steps:
            keys = {leaf.key for leaf in step.where}
            for event in event_tables(self.catalogue, step.names, step.where, None):
                fields = [field for key, field in sorted(event.properties.items()) if key in keys]
                notes.note(event.table, source_columns(self.unit, fields), span)
                inside = span_conditions(self.primitives, _moment, span)
                conditions = [false()] if inside is None else inside
                for leaf in step.where:
                    kind = property_type(self.catalogue, step.names, leaf.key)
                    operand = Operand(property_maker(self.primitives, event, leaf.key, kind), kind)
                    conditions.append(compare_operand(self.primitives, self.clock, operand, leaf).expression)
                streams.append(stream(self.unit, event, [], both(*conditions)))
        if self.unit is Unit.COMPANY:
            notes.note("users", ("id", "company_id"))
        return union_of(streams)

    def _add(self, name: str, query: exp.Select) -> str:
        self.parts.append(cte(self._name(name), query))
        return self._name(name)

    def _name(self, part: str) -> str:
        return f"{self.alias}_{part}"

    def _mine(self) -> Expression:
        return column(ROWS, self.member)

    def _named_mine(self) -> Expression:
        return named(self._mine(), self.member)


def can_happen(sequence: Sequence, catalogue: Catalogue) -> bool:
    """Whether each step that must come has an event that can match it."""
    present = [step for step in sequence.steps if not step.absent]
    return all(event_tables(catalogue, step.names, step.where, None) for step in present)


def _moment() -> Expression:
    return column(ROWS, "timestamp")
