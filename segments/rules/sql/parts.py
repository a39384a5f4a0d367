"""The queries behind sets: each finds ids, and for several parts of definitions whether they hold for them."""

from dataclasses import dataclass

from sqlglot import exp

from segments.rules.catalogue import Catalogue, Unit
from segments.rules.moments import Clock
from segments.rules.nodes import Event, Rule, Sequence
from segments.rules.sql.build import (
    Expression,
    both,
    choose,
    column,
    derived,
    is_not_null,
    named,
    negate,
    select,
    some,
    table,
)
from segments.rules.sql.compiler import Compiler
from segments.rules.sql.conditions import compare_operand, holds_for_none
from segments.rules.sql.dialects.base import Primitives
from segments.rules.sql.groups import Group
from segments.rules.sql.measures import Measured, operand_of
from segments.rules.sql.scan import Scan, ScanNotes
from segments.rules.sql.scopes import Scope
from segments.rules.sql.sequences import SequenceQuery
from segments.rules.sql.sources import MEMBER, Source
from segments.rules.sql.writing import write

MEASURES = "m"


@dataclass(frozen=True, slots=True)
class PartsQuery:
    """DuckDB SQL with a column `id`, each at most once, and a boolean column for each part; NULL means false.

    `everybody` tells that the rows are the whole population of `unit`; else they may be of others too, and of those
    for whom no part holds there need be none. `refers_to` are the segments whose members it reads from relations.
    """

    sql: str
    scan: Scan
    unit: Unit
    everybody: bool = False
    refers_to: frozenset[str] = frozenset()


class TraitParts:
    """All conditions that no event decides, in one query over the population of a unit."""

    def __init__(self, compiler: Compiler, unit: Unit, clock: Clock) -> None:
        self.compiler = compiler
        self.scope = compiler.scope(unit, clock.zone.key)
        self._columns: dict[tuple[Rule, str], Expression] = {}

    def add(self, rule: Rule, clock: Clock) -> str:
        """The column of a rule."""
        key = (rule, clock.zone.key)
        if key not in self._columns:
            scope = Scope(self.scope.unit, clock, self.scope.joins)
            condition = self.compiler.compile(rule, scope).condition
            self._columns[key] = named(in_turn(condition.expression), f"holds_{len(self._columns)}")
        return self._columns[key].alias

    def build(self) -> PartsQuery:
        query = self.compiler.finish(self.scope.query([self.scope.named_id, *self._columns.values()]))
        return PartsQuery(write(query), self.compiler.notes.scan(), self.scope.unit, everybody=True)


def in_turn(condition: Expression) -> Expression:
    """The same for whom it is TRUE; what AND joins is asked only of rows for which all before it was TRUE.

    As a column DuckDB would work out all of it for every row; as a filter it does this by itself.
    """
    inner = condition.unnest()
    if not isinstance(inner, exp.And):
        return condition
    return choose([(in_turn(inner.left), in_turn(inner.right))])


class MeasureParts:
    """Conditions on measures of the same events: a row per member who has such events and for whom one holds."""

    def __init__(self, source: Source, primitives: Primitives) -> None:
        self.source = source
        self.primitives = primitives
        self.group = Group(MEASURES, source, primitives)
        self._columns: dict[tuple[Event, str], tuple[Expression, bool]] = {}

    def add(self, rule: Event, what: Measured, clock: Clock) -> tuple[str, bool]:
        """The column of a rule, and whether it tells for whom the rule does *not* hold, as it does for all others."""
        key = (rule, clock.zone.key)
        if key not in self._columns:
            name = self.group.add(what, clock)
            operand = operand_of(rule, lambda: column(MEASURES, name))
            condition = compare_operand(self.primitives, clock, operand, rule)
            others = holds_for_none(operand, rule)
            told = negate(condition.settled()) if others else condition.expression
            self._columns[key] = (named(told, f"holds_{len(self._columns)}"), others)
        found, inverted = self._columns[key]
        return found.alias, inverted

    def build(self) -> PartsQuery:
        notes = ScanNotes()
        unit = self.source.unit
        member = column(MEASURES, MEMBER[unit])
        parts = [found for found, _ in self._columns.values()]
        rows = derived(self.group.build(notes), MEASURES)
        where = both(is_not_null(member.copy()), some([part.this.copy() for part in parts]))
        query = select([named(member, "id"), *parts], rows, where=where)
        return PartsQuery(write(query), notes.scan(), unit)


class SequencePart:
    """The members who have gone through a sequence."""

    def __init__(
        self, sequence: Sequence, unit: Unit, clock: Clock, catalogue: Catalogue, primitives: Primitives
    ) -> None:
        self.unit = unit
        self.query = SequenceQuery(sequence, "sequence", unit, clock, catalogue, primitives)

    def build(self) -> PartsQuery:
        notes = ScanNotes()
        parts = self.query.build(notes)
        member = column(self.query.alias, MEMBER[self.unit])
        query = select([named(member, "id")], table(self.query.alias), where=is_not_null(member.copy()))
        query.set("with_", exp.With(expressions=parts))
        return PartsQuery(write(query), notes.scan(), self.unit)


class RulePart:
    """The members for whom a rule holds, by a query of its own."""

    def __init__(self, compiler: Compiler, rule: Rule, unit: Unit, clock: Clock) -> None:
        self.compiler = compiler
        scope = compiler.scope(unit, clock.zone.key)
        condition = compiler.compile(rule, scope).condition
        self.unit = unit
        self.query = compiler.finish(scope.query([scope.named_id], condition.expression))

    def build(self) -> PartsQuery:
        compiler = self.compiler
        return PartsQuery(write(self.query), compiler.notes.scan(), self.unit, refers_to=frozenset(compiler.relations))


Parts = TraitParts | MeasureParts | SequencePart | RulePart
