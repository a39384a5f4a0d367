"""Leaves that read the same rows, measured in one common table expression with a column for each."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from segments.rules.catalogue import EventType, Type, Unit
from segments.rules.moments import Clock
from segments.rules.sql.build import (
    Expression,
    both,
    column,
    derived,
    false,
    named,
    select,
    table,
    union_all,
)
from segments.rules.sql.conditions import Operand, compare_operand, span_conditions
from segments.rules.sql.dialects.base import Primitives
from segments.rules.sql.measures import TOTALS, Aggregates, Measured
from segments.rules.sql.scan import ScanNotes, hull
from segments.rules.sql.sources import (
    MEMBER,
    ROWS,
    Source,
    property_maker,
    source_columns,
    stream,
)

Make = Callable[[], Expression]


@dataclass(frozen=True, slots=True)
class _Column:
    """One measure: the name of its column, and the clock in which the instants of `where` are read."""

    name: str
    what: Measured
    clock: Clock


class Group:
    """The measures over one source; `alias` is the name of the common table expression."""

    def __init__(self, alias: str, source: Source, primitives: Primitives, comment: str = "") -> None:
        self.alias = alias
        self.source = source
        self.primitives = primitives
        self.comment = comment
        self._columns: dict[Measured, _Column] = {}

    def add(self, what: Measured, clock: Clock) -> str:
        """The name of the column that holds a measure."""
        if what not in self._columns:
            number = len(self._columns) + 1
            self._columns[what] = _Column(f"{what.measure}_{number}", what, clock)
        return self._columns[what].name

    def build(self, notes: ScanNotes) -> exp.Select:
        """``SELECT member, measures FROM rows GROUP BY member``."""
        span = hull(found.what.span for found in self._columns.values())
        fields = self._fields()
        for event in self.source.tables:
            known = [event.properties[key] for key in fields if key in event.properties]
            notes.note(event.table, source_columns(self.source.unit, known), span)
        if self.source.unit is Unit.COMPANY:
            notes.note("users", ("id", "company_id"))
        rows, makers = self._rows(fields)
        member = MEMBER[self.source.unit]
        hulled = span_conditions(self.primitives, _timestamp, span)
        where = false() if hulled is None else both(*hulled)
        aggregates, measures = Aggregates(self.primitives), []
        for found in self._columns.values():
            condition = self._condition(found, makers, with_span=found.what.span != span)
            if len(self._columns) == 1:
                where, condition = both(where, condition), None
            of = makers[found.what.of] if found.what.of is not None else None
            measures.append(named(aggregates.measure(found.name, found.what, of, condition), found.name))
        mine = column(ROWS, member)
        totals = select([mine, *aggregates.columns], rows, where=where, group=[mine.copy()])
        if not aggregates.finished:
            return totals
        return select([column(TOTALS, member), *measures], derived(totals, TOTALS))

    def _fields(self) -> dict[str, Type]:
        """The properties that are needed, with their types, in the order in which leaves name them."""
        fields: dict[str, Type] = {}
        for what in self._columns:
            for leaf, kind in zip(what.where, what.where_types, strict=True):
                fields.setdefault(leaf.key, kind)
            if what.of is not None and what.of_type is not None:
                fields.setdefault(what.of, what.of_type)
        return fields

    def _condition(self, found: _Column, makers: Mapping[str, Make], *, with_span: bool) -> Expression | None:
        """What rows must satisfy to be measured, beyond the span of the whole group."""
        conditions = where_conditions(self.primitives, found.clock, found.what, makers)
        if not with_span:
            return both(*conditions)
        inside = span_conditions(self.primitives, _timestamp, found.what.span)
        return false() if inside is None else both(*inside, *conditions)

    def _rows(self, fields: Mapping[str, Type]) -> tuple[Expression, dict[str, Make]]:
        """The rows, with a maker for the column of each property."""
        unit, tables = self.source.unit, self.source.tables
        if unit is Unit.PROFILE and len(tables) == 1:
            only = tables[0]
            makers = {key: property_maker(self.primitives, only, key, kind) for key, kind in fields.items()}
            return table(only.table, ROWS), makers
        names = unique_names(tables, fields)
        streams = [
            stream(
                unit,
                event,
                [
                    named(property_maker(self.primitives, event, key, kind)(), names[key])
                    for key, kind in fields.items()
                ],
            )
            for event in tables
        ]
        return derived(union_all(streams), ROWS), {key: _column_maker(name) for key, name in names.items()}


def where_conditions(
    primitives: Primitives, clock: Clock, what: Measured, makers: Mapping[str, Make]
) -> list[Expression]:
    """One condition per property that a leaf filters by."""
    return [
        compare_operand(primitives, clock, Operand(makers[leaf.key], kind), leaf).expression
        for leaf, kind in zip(what.where, what.where_types, strict=True)
    ]


def unique_names(tables: Sequence[EventType], fields: Iterable[str]) -> dict[str, str]:
    """Property -> a column name in the union of the tables, if possible the one that it has in them."""
    names: dict[str, str] = {}
    for key in fields:
        name = next((event.properties[key].column for event in tables if key in event.properties), "missing")
        taken, number = set(names.values()), 1
        free = name
        while free in taken:
            number += 1
            free = f"{name}_{number}"
        names[key] = free
    return names


def _timestamp() -> Expression:
    return column(ROWS, "timestamp")


def _column_maker(name: str) -> Make:
    return lambda: column(ROWS, name)
