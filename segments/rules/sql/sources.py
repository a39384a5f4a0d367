"""The rows of events that a leaf measures: one table or several, of people or of companies as one stream."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlglot import exp

from segments.rules.catalogue import Catalogue, EventType, Field, Type, Unit
from segments.rules.nodes import Property
from segments.rules.sql.build import Expression, coalesce, column, derived, left_join, named, select, table, union_all
from segments.rules.sql.build import compare as compared
from segments.rules.sql.conditions import holds_for_missing
from segments.rules.sql.dialects.base import Primitives

ROWS = "e"
PEOPLE = "u"
EVERY_EVENT = EventType(name="*", table="tracks")
MEMBER = {Unit.PROFILE: "user_id", Unit.COMPANY: "account_id"}


@dataclass(frozen=True, slots=True)
class Source:
    """The tables that a leaf reads, for the members of a unit."""

    unit: Unit
    tables: tuple[EventType, ...]

    @property
    def key(self) -> tuple[Unit, tuple[str, ...]]:
        """Leaves with the same key read the same rows."""
        return self.unit, tuple(event.table for event in self.tables)


def event_tables(
    catalogue: Catalogue, names: tuple[str, ...] | None, where: Sequence[Property], of: str | None
) -> tuple[EventType, ...]:
    """The tables that can hold events that a leaf counts: those without what it needs are left out, maybe all."""
    if names is None and not where and of is None:
        return (EVERY_EVENT,)
    events = catalogue.events.values() if names is None else [catalogue.events[name] for name in dict.fromkeys(names)]
    ordered = sorted(events, key=lambda event: event.table)
    return tuple(event for event in ordered if _can_match(event, where, of))


def _can_match(event: EventType, where: Sequence[Property], of: str | None) -> bool:
    if of is not None and of not in event.properties:
        return False
    return all(leaf.key in event.properties or holds_for_missing(leaf) for leaf in where)


def property_type(catalogue: Catalogue, names: tuple[str, ...] | None, key: str) -> Type:
    """The type of a property in all the events that have it."""
    events = catalogue.events.values() if names is None else [catalogue.events[name] for name in names]
    return next(event.properties[key].type for event in events if key in event.properties)


def property_maker(
    primitives: Primitives, event: EventType, key: str, kind: Type, rows: str = ROWS
) -> Callable[[], Expression]:
    """Makes the column of a property, a NULL of its type where the event lacks it."""
    found = event.properties.get(key)
    if found is None:
        return lambda: primitives.null(kind)
    return lambda: column(rows, found.column)


def stream(unit: Unit, event: EventType, columns: Sequence[Expression], where: Expression | None = None) -> exp.Select:
    """The rows of one table with the id of the member, the timestamp, and more columns.

    An event that names a company is that company's, known or not; one that names none is its profile's company's.
    """
    moment = named(column(ROWS, "timestamp"), "timestamp")
    rows = table(event.table, ROWS)
    member = named(member_of(unit), MEMBER[unit])
    joins = [] if unit is Unit.PROFILE else [people_of_rows()]
    return select([member, moment, *columns], rows, joins=joins, where=where)


def member_of(unit: Unit) -> Expression:
    """The id of the member in the rows of an event table."""
    if unit is Unit.PROFILE:
        return column(ROWS, "user_id")
    return coalesce(column(ROWS, "account_id"), column(PEOPLE, "company_id"))


def people_of_rows() -> exp.Join:
    """Joins each event with its person."""
    return left_join(table("users", PEOPLE), compared(column(PEOPLE, "id"), "=", column(ROWS, "user_id")))


def union_of(queries: Sequence[exp.Select], alias: str = ROWS) -> exp.Subquery:
    """The rows of several streams as one table."""
    return derived(union_all(queries), alias)


def source_columns(unit: Unit, fields: Sequence[Field]) -> frozenset[str]:
    """The columns of an event table that a source reads."""
    ids = {"user_id"} if unit is Unit.PROFILE else {"user_id", "account_id"}
    return frozenset(ids | {"timestamp"} | {field.column for field in fields})
