"""Sequences of events: RULES 3.13, as window functions over the instants at which a member did something.

Events at the same instant can't follow each other, so rows are first folded to one per member and instant, with a 0/1
column per step. Then step by step: an event reaches step i if the last earlier event that reached step i - 1 is near
enough, because of all earlier ones the last is the nearest.
"""

from dataclasses import dataclass

from sqlglot import exp

from segments.rules.catalogue import Catalogue, EventType, Unit
from segments.rules.moments import Clock, Span, exact_seconds
from segments.rules.nodes import Sequence as SequenceNode
from segments.rules.nodes import Step
from segments.rules.sql.build import (
    Expression,
    both,
    call,
    choose,
    column,
    compare,
    cte,
    every,
    false,
    integer,
    is_not_null,
    is_null,
    named,
    negate,
    over,
    select,
    some,
    table,
    when,
)
from segments.rules.sql.conditions import Operand, compare_operand, span_conditions
from segments.rules.sql.dialects.base import Primitives
from segments.rules.sql.scan import ScanNotes, hull
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

WAIT = "starts_anew"
"""The column that says that an event ends the wait for an absent step."""
_ENDED = "ended"
Match = Expression | bool
"""When a row has a mark: always, never or under a condition."""
_BEFORE = ("UNBOUNDED PRECEDING", "1 PRECEDING")
_AFTER = ("1 FOLLOWING", "UNBOUNDED FOLLOWING")


@dataclass(frozen=True, slots=True)
class _Mark:
    """A 0/1 column: 1 where an event in the span matches one of the steps."""

    name: str
    steps: tuple[Step, ...]
    span: Span


class SequenceQuery:
    """Builds the common table expressions of one sequence; the last one, `alias`, holds its members once each."""

    def __init__(
        self, sequence: SequenceNode, alias: str, unit: Unit, clock: Clock, catalogue: Catalogue, primitives: Primitives
    ) -> None:
        self.alias = alias
        self.member = MEMBER[unit]
        self.unit = unit
        self.clock = clock
        self.catalogue = catalogue
        self.primitives = primitives
        self.absent = sequence.steps[-1] if sequence.steps[-1].absent else None
        self.present = sequence.steps[:-1] if self.absent else sequence.steps
        window = clock.window(sequence.window)
        self.marks = [_Mark(_step(number), (step,), window) for number, step in enumerate(self.present, start=1)]
        if self.absent is not None:
            anew = Span(window.start, clock.as_of)
            self.marks.append(_Mark(WAIT, (self.present[-1], self.absent), anew))

    def build(self, notes: ScanNotes) -> list[exp.CTE]:
        """The expressions in the order in which they must stand."""
        if len(self.present) == 2 and self.absent is None and self.present[1].within is None:
            return [cte(self.alias, self._first_before_last(notes))]
        marks: list[Expression] = [named(call("MAX", column(ROWS, mark.name)), mark.name) for mark in self.marks]
        keys: list[Expression] = [column(ROWS, self.member), column(ROWS, "timestamp")]
        instants = select([*keys, *marks], self._rows(notes), group=[key.copy() for key in keys])
        parts = [(f"{self.alias}_instants", instants)]
        for number in range(2, len(self.present) + 1):
            parts.append((f"{self.alias}_step_{number}", self._step_query(number, parts[-1][0])))
        if self.absent is not None:
            parts.append((f"{self.alias}_wait", self._wait_query(parts[-1][0])))
        parts.append((self.alias, self._members(parts[-1][0])))
        return [cte(name, query) for name, query in parts]

    def _first_before_last(self, notes: ScanNotes) -> exp.Select:
        """Two steps without a limit between them: the first of one lies before the last of the other."""
        first = call("MIN", when(_is_marked(_step(1)), column(ROWS, "timestamp")))
        last = call("MAX", when(_is_marked(_step(2)), column(ROWS, "timestamp")))
        member = column(ROWS, self.member)
        return select([member], self._rows(notes), group=[member.copy()], having=compare(first, "<", last))

    def _step_query(self, number: int, source: str) -> exp.Select:
        """Adds, to each instant, the last earlier one at which the step before was reached."""
        before = over(
            call("MAX", when(self._reached(number - 1), column(ROWS, "timestamp"))),
            partition=[column(ROWS, self.member)],
            order=column(ROWS, "timestamp"),
            rows=_BEFORE,
        )
        kept: list[Expression] = [column(ROWS, mark.name) for mark in self.marks[number - 1 :]]
        ids: list[Expression] = [column(ROWS, self.member), column(ROWS, "timestamp")]
        return select([*ids, *kept, named(before, _before(number))], table(source, ROWS))

    def _wait_query(self, source: str) -> exp.Select:
        """Adds, to each instant, the next later one that ends the wait for the absent step."""
        ends = over(
            call("MIN", when(_is_marked(WAIT), column(ROWS, "timestamp"))),
            partition=[column(ROWS, self.member)],
            order=column(ROWS, "timestamp"),
            rows=_AFTER,
        )
        last = len(self.present)
        kept = [self.member, "timestamp", _step(last), *([_before(last)] if last > 1 else [])]
        return select([*(column(ROWS, name) for name in kept), named(ends, _ENDED)], table(source, ROWS))

    def _members(self, source: str) -> exp.Select:
        conditions = [self._reached(len(self.present))]
        if self.absent is not None:
            conditions.extend(self._waited_in_vain(self.absent))
        member = column(ROWS, self.member)
        return select([member], table(source, ROWS), where=every(conditions), group=[member.copy()])

    def _reached(self, number: int) -> Expression:
        """Whether an instant is that of an event with which the first steps are done."""
        marked = _is_marked(_step(number))
        if number == 1:
            return marked
        within = self.present[number - 1].within
        before = column(ROWS, _before(number))
        if within is None:
            return every([marked, is_not_null(before)])
        near = self.primitives.within(column(ROWS, "timestamp"), before, exact_seconds(within))
        return every([marked, near])

    def _waited_in_vain(self, absent: Step) -> list[Expression]:
        if absent.within is None:
            raise ValueError("an absent step needs within")
        near = self.primitives.within(column(ROWS, _ENDED), column(ROWS, "timestamp"), exact_seconds(absent.within))
        over_at = Span(None, self.clock.shift(absent.within, -1))
        over_already = span_conditions(self.primitives, _timestamp, over_at)
        return [
            some([is_null(column(ROWS, _ENDED)), negate(near)]),
            *([false()] if over_already is None else over_already),
        ]

    def _rows(self, notes: ScanNotes) -> Expression:
        """The events that match a step, a stream per table, with the marks."""
        tables = {event.table: event for mark in self.marks for step in mark.steps for event in self._tables(step)}
        streams = [self._stream(event, notes) for _, event in sorted(tables.items())]
        return union_of(streams)

    def _tables(self, step: Step) -> tuple[EventType, ...]:
        return event_tables(self.catalogue, step.names, step.where, None)

    def _stream(self, event: EventType, notes: ScanNotes) -> exp.Select:
        read = [mark for mark in self.marks if any(event in self._tables(step) for step in mark.steps)]
        span = hull(mark.span for mark in read)
        self._note(event, span, notes)
        matches = {mark.name: self._match(mark, event, span) for mark in self.marks}
        bits = [named(_bit(matches[mark.name]), mark.name) for mark in self.marks]
        some_match = [found for found in matches.values() if found is not False]
        filters: list[Expression] = []
        if all(isinstance(found, Expression) for found in some_match):
            filters.append(some([found.copy() for found in some_match if isinstance(found, Expression)]))
        inside = span_conditions(self.primitives, _timestamp, span)
        filters.extend([false()] if inside is None else inside)
        return stream(self.unit, event, bits, both(*filters))

    def _note(self, event: EventType, span: Span, notes: ScanNotes) -> None:
        keys = {leaf.key for mark in self.marks for step in mark.steps for leaf in step.where}
        fields = [field for key, field in sorted(event.properties.items()) if key in keys]
        notes.note(event.table, source_columns(self.unit, fields), span)
        if self.unit is Unit.COMPANY:
            notes.note("users", ("id", "company_id"))

    def _match(self, mark: _Mark, event: EventType, span: Span) -> Match:
        """When an event of a table has a mark: always, never or under a condition."""
        options = [self._where(step, event) for step in mark.steps if event in self._tables(step)]
        if not options:
            return False
        anything = None if None in options else some([option for option in options if option is not None])
        inside: list[Expression] | None = []
        if mark.span != span:
            inside = span_conditions(self.primitives, _timestamp, mark.span)
        if inside is None:
            return False
        condition = both(*inside, anything)
        return True if condition is None else condition

    def _where(self, step: Step, event: EventType) -> Expression | None:
        conditions = []
        for leaf in step.where:
            kind = property_type(self.catalogue, step.names, leaf.key)
            operand = Operand(property_maker(self.primitives, event, leaf.key, kind), kind)
            conditions.append(compare_operand(self.primitives, self.clock, operand, leaf).expression)
        return both(*conditions)


def _bit(match: Match) -> Expression:
    if isinstance(match, bool):
        return integer(int(match))
    return choose([(match, integer(1))], integer(0))


def _is_marked(name: str) -> Expression:
    return compare(column(ROWS, name), "=", integer(1))


def _step(number: int) -> str:
    return f"step_{number}"


def _before(number: int) -> str:
    return f"before_{number}"


def _timestamp() -> Expression:
    return column(ROWS, "timestamp")
