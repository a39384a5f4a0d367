"""One pass over the tree of a definition: a condition per node, and the common table expressions behind them.

Every rule is about the members of one unit, so no query depends on a row of another: a nested rule becomes a common
table expression over its whole unit, which is joined. Two-valued logic comes from two facts: under AND and OR a NULL
acts as false, and NOT settles what it negates first.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlglot import exp

from segments.rules.catalogue import Catalogue, Unit
from segments.rules.moments import Clock
from segments.rules.nodes import (
    All,
    AtLeast,
    Event,
    Everyone,
    InCompany,
    Not,
    People,
    Rule,
    SegmentRef,
    Sequence,
    Trait,
)
from segments.rules.nodes import Any as AnyOf
from segments.rules.parse import parse
from segments.rules.sql.build import (
    Expression,
    call,
    coalesce,
    column,
    compare,
    cte,
    every,
    integer,
    is_not_null,
    is_null,
    named,
    negate,
    select,
    setting,
    some,
    star,
    subquery,
    table,
)
from segments.rules.sql.conditions import (
    Condition,
    Operand,
    always,
    compare_operand,
    holds_for_none,
    or_missing,
)
from segments.rules.sql.dialects.base import Primitives
from segments.rules.sql.findings import Answer, Finding, lift_company, lift_people, number_of
from segments.rules.sql.groups import Group
from segments.rules.sql.measures import measured, operand_of
from segments.rules.sql.names import Names
from segments.rules.sql.percent import POPULATION, border
from segments.rules.sql.scan import ScanNotes
from segments.rules.sql.scopes import Scope
from segments.rules.sql.sequences import SequenceQuery, can_happen
from segments.rules.sql.sources import MEMBER, Source, event_tables

Describe = Callable[[Rule, Unit], str]


class Compiler:
    """Compiles the rules of one definition for one dialect; `shared` reads rows once for all leaves that need them.

    `members` maps the keys of segments to relations with a column `id`; other references are inlined. `describe`
    gives the comment of a leaf. With `findings` every node's condition is kept.
    """

    def __init__(
        self,
        primitives: Primitives,
        catalogue: Catalogue,
        as_of: datetime,
        *,
        members: Mapping[str, str],
        default_timezone: str,
        shared: bool,
        findings: bool,
        describe: Describe | None,
    ) -> None:
        self.primitives = primitives
        self.catalogue = catalogue
        self.as_of = as_of.astimezone(UTC)
        self.members = members
        self.default_timezone = default_timezone
        self.shared = shared
        self.keeps_findings = findings
        self.describe = describe
        self.names = Names(catalogue, members.values())
        self.notes = ScanNotes()
        self.groups: dict[object, Group] = {}
        self.ctes: list[exp.CTE] = []
        self.known: dict[object, str] = {}
        self.relations: set[str] = set()
        """The keys of `members` that are read."""

    def scope(self, unit: Unit, timezone: str) -> Scope:
        """The members of a unit, with the clock of a timezone."""
        self.notes.note(POPULATION[unit], ("id",))
        return Scope(unit, Clock(self.as_of, ZoneInfo(timezone)))

    def nested(self, scope: Scope, unit: Unit) -> Scope:
        """The scope of a rule about the other unit."""
        return self.scope(unit, scope.clock.zone.key)

    def finish(self, query: exp.Select) -> exp.Select:
        """The query with all common table expressions that it needs."""
        grouped = []
        for group in self.groups.values():
            expression = cte(group.alias, group.build(self.notes))
            grouped.append(_commented(expression, group.comment))
        if grouped or self.ctes:
            query.set("with_", exp.With(expressions=[*grouped, *self.ctes]))
        if self.primitives.settings:
            query.set("settings", [setting(name, value) for name, value in self.primitives.settings])
        return query

    def compile(self, rule: Rule, scope: Scope) -> Answer:
        """The condition of a rule for the members of a scope."""
        match rule:
            case All(rules):
                return self._combined(rule, [self.compile(child, scope) for child in rules], every)
            case AnyOf(rules):
                return self._combined(rule, [self.compile(child, scope) for child in rules], some)
            case Not(child):
                return self._not(rule, self.compile(child, scope))
            case InCompany():
                return self._company(rule, scope)
            case People():
                return self._people(rule, scope)
            case _:
                return self._compile_leaf(rule, scope)

    def _compile_leaf(self, rule: Everyone | Trait | Event | Sequence | SegmentRef, scope: Scope) -> Answer:
        match rule:
            case Everyone():
                return self._leaf(rule, always(holds=True))
            case Trait():
                return self._trait(rule, scope)
            case Event():
                return self._event(rule, scope)
            case Sequence():
                return self._sequence(rule, scope)
            case SegmentRef():
                return self._segment(rule, scope)

    def _leaf(self, rule: Rule, condition: Condition, value: Expression | None = None) -> Answer:
        return self._answer(rule, condition, (), value)

    def _answer(
        self, rule: Rule, condition: Condition, below: tuple[Finding, ...], value: Expression | None = None
    ) -> Answer:
        if not self.keeps_findings:
            return Answer(condition)
        settled = Condition(condition.expression.copy(), condition.nullable).settled()
        return Answer(condition, (Finding(rule, settled, value), *below))

    def _combined(self, rule: Rule, answers: list[Answer], join: Callable[[list[Expression]], Expression]) -> Answer:
        expression = join([answer.condition.expression for answer in answers])
        nullable = any(answer.condition.nullable for answer in answers)
        below = tuple(finding for answer in answers for finding in answer.findings)
        return self._answer(rule, Condition(expression, nullable), below)

    def _not(self, rule: Not, answer: Answer) -> Answer:
        condition = Condition(negate(answer.condition.settled()), nullable=False)
        return self._answer(rule, condition, answer.findings)

    def _trait(self, rule: Trait, scope: Scope) -> Answer:
        trait = self.catalogue.traits(scope.unit)[rule.key]
        self.notes.note(scope.population, (trait.column,))
        operand = Operand(lambda: column(scope.population, trait.column), trait.type)
        if rule.op in ("top_percent", "bottom_percent") and isinstance(rule.value, float):
            condition = self._percent(rule, rule.value, scope, operand)
        else:
            condition = compare_operand(self.primitives, scope.clock, operand, rule)
        return self._leaf(rule, condition, operand.make())

    def _percent(self, rule: Trait, percent: float, scope: Scope, operand: Operand) -> Condition:
        top = rule.op == "top_percent"
        trait = self.catalogue.traits(scope.unit)[rule.key]
        key = (scope.unit, rule.key, percent, top)
        if key not in self.known:
            self.known[key] = self.names.free("top" if top else "bottom")
            query = border(self.primitives, scope.unit, trait, percent, top=top)
            self._add(self.known[key], query, rule, scope.unit)
        name = self.known[key]
        limit = subquery(select([column(name, "border")], table(name)))
        condition = Condition(compare(operand.make(), ">=" if top else "<=", limit))
        return or_missing(condition, operand, missing=rule.missing)

    def _event(self, rule: Event, scope: Scope) -> Answer:
        tables = event_tables(self.catalogue, rule.names, rule.where, rule.of)
        what = measured(rule, scope.clock, self.catalogue)
        if not tables or what.span.empty:
            return self._no_events(rule)
        source = Source(scope.unit, tables)
        key = (source.key, None if self.shared else what)
        if key not in self.groups:
            alias = self.names.free(tables[0].table if len(tables) == 1 else "events")
            self.groups[key] = Group(alias, source, self.primitives, self._comment(rule, scope.unit))
        group = self.groups[key]
        name = group.add(what, scope.clock)
        scope.join(group.alias, MEMBER[scope.unit], scope.id)
        operand = operand_of(rule, lambda: column(group.alias, name))
        condition = compare_operand(self.primitives, scope.clock, operand, rule)
        value = coalesce(operand.make(), integer(0)) if operand.zero else operand.make()
        return self._leaf(rule, condition, value)

    def _no_events(self, rule: Event) -> Answer:
        """A leaf that no event can match, for everybody."""
        kind = operand_of(rule, exp.Null)
        held = always(holds=holds_for_none(kind, rule))
        if not kind.zero:
            return self._leaf(rule, held, self.primitives.null(kind.type))
        return self._leaf(rule, held, integer(0))

    def _sequence(self, rule: Sequence, scope: Scope) -> Answer:
        if scope.clock.window(rule.window).empty or not can_happen(rule, self.catalogue):
            return self._leaf(rule, always(holds=False))
        key = (scope.unit, rule, scope.clock.zone.key)
        if key not in self.known:
            self.known[key] = self.names.free("sequence")
            parts = SequenceQuery(
                rule, self.known[key], scope.unit, scope.clock, self.catalogue, self.primitives
            ).build(self.notes)
            _commented(parts[0], self._comment(rule, scope.unit))
            self.ctes.extend(parts)
        return self._leaf(rule, self._is_joined(scope, self.known[key], MEMBER[scope.unit], scope.id))

    def _segment(self, rule: SegmentRef, scope: Scope) -> Answer:
        key = (SegmentRef, rule.key)
        if key not in self.known:
            self.known[key] = self.names.free("segment")
            if rule.key not in self.members:
                self._inline(rule, self.known[key])
        relation = self.members.get(rule.key)
        if relation is not None:
            self.relations.add(rule.key)
        return self._leaf(rule, self._is_joined(scope, self.known[key], "id", scope.id, relation))

    def _inline(self, rule: SegmentRef, name: str) -> None:
        entry = self.catalogue.segments[rule.key]
        definition = parse(entry.definition, self.catalogue, default_timezone=self.default_timezone)
        scope = self.scope(definition.unit, definition.timezone)
        kept, self.keeps_findings = self.keeps_findings, False
        condition = self.compile(definition.rule, scope).condition
        self.keeps_findings = kept
        self._add(name, scope.query([scope.named_id], condition.expression), rule, scope.unit)

    def _company(self, rule: InCompany, scope: Scope) -> Answer:
        self.notes.note("users", ("company_id",))
        inner = self.nested(scope, Unit.COMPANY)
        answer = self.compile(rule.rule, inner)
        name = self.names.free("company")
        mine = column("users", "company_id")
        if not self.keeps_findings:
            self._add(name, inner.query([inner.named_id], answer.condition.expression), rule.rule, inner.unit)
            return Answer(self._is_joined(scope, name, "id", mine))
        below, columns = lift_company(name, answer.findings)
        self._add(name, inner.query([inner.named_id, *columns]), rule.rule, inner.unit)
        self._is_joined(scope, name, "id", mine)
        held = below[0].holds.copy()
        return self._answer(rule, Condition(held, nullable=False), below)

    def _people(self, rule: People, scope: Scope) -> Answer:
        self.notes.note("users", ("company_id",))
        inner = self.nested(scope, Unit.PROFILE)
        answer = self.compile(rule.rule, inner)
        name = self.names.free("people")
        company = column("users", "company_id")
        everybody = rule.quantifier == "all"
        wanted = negate(answer.condition.settled()) if everybody else answer.condition.expression
        if not self.keeps_findings:
            people = named(number_of(wanted) if everybody else call("COUNT", star()), "people")
            self._add(
                name,
                inner.query(
                    [named(company, "company_id"), people], None if everybody else wanted, group=[company.copy()]
                ),
                rule,
                scope.unit,
            )
            self._is_joined(scope, name, "company_id", scope.id)
            return Answer(_quantified(rule, column(name, "people")))
        below, columns = lift_people(name, answer.findings)
        counted = named(number_of(wanted), "people")
        self._add(
            name,
            inner.query([named(company, "company_id"), counted, *columns], group=[company.copy()]),
            rule,
            scope.unit,
        )
        self._is_joined(scope, name, "company_id", scope.id)
        return self._answer(rule, _quantified(rule, column(name, "people")), below)

    def _is_joined(
        self, scope: Scope, alias: str, key: str, mine: Expression, relation: str | None = None
    ) -> Condition:
        scope.join(alias, key, mine, relation)
        return Condition(is_not_null(column(alias, key)), nullable=False)

    def _add(self, name: str, query: exp.Select, rule: Rule, unit: Unit) -> None:
        self.ctes.append(_commented(cte(name, query), self._comment(rule, unit)))

    def _comment(self, rule: Rule, unit: Unit) -> str:
        return "" if self.describe is None else self.describe(rule, unit)


def _quantified(rule: People, people: Expression) -> Condition:
    """The quantifier over the number of people for whom the rule holds; for `all`, for whom it does not.

    The number is NULL for a company without people where `all` is asked: it is false for those (RULES 3.15).
    """
    match rule.quantifier:
        case "any":
            return Condition(compare(people, ">=", integer(1)))
        case "all":
            return Condition(compare(people, "=", integer(0)))
        case "none":
            return Condition(some([is_null(people), compare(people.copy(), "=", integer(0))]), nullable=False)
        case AtLeast(count):
            return Condition(compare(coalesce(people, integer(0)), ">=", integer(count)), nullable=False)


def _commented(expression: exp.CTE, comment: str) -> exp.CTE:
    if comment:
        expression.this.add_comments([comment])
    return expression
