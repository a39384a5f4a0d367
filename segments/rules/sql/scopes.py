"""Members of one unit in one timezone, with everything that is joined to them."""

from dataclasses import dataclass, field

from sqlglot import exp

from segments.rules.catalogue import Unit
from segments.rules.moments import Clock
from segments.rules.sql.build import Expression, column, compare, left_join, named, select, table
from segments.rules.sql.percent import POPULATION


@dataclass
class Scope:
    """The members of one unit in one timezone, with what is joined to them."""

    unit: Unit
    clock: Clock
    joins: dict[str, exp.Join] = field(default_factory=dict)

    @property
    def population(self) -> str:
        """The table of the members."""
        return POPULATION[self.unit]

    @property
    def id(self) -> Expression:
        """The id of a member."""
        return column(self.population, "id")

    @property
    def named_id(self) -> Expression:
        """The id as a column of a query; without a name ClickHouse calls it otherwise where several tables have one."""
        return named(self.id, "id")

    def join(self, alias: str, key: str, mine: Expression, relation: str | None = None) -> None:
        """Joins a relation with one row per member, or none."""
        if alias not in self.joins:
            on = compare(column(alias, key), "=", mine)
            self.joins[alias] = left_join(table(relation or alias, alias), on)

    def query(
        self, columns: list[Expression], where: Expression | None = None, group: list[Expression] | None = None
    ) -> exp.Select:
        """``SELECT columns FROM members LEFT JOIN ... WHERE where``."""
        return select(columns, table(self.population), joins=list(self.joins.values()), where=where, group=group or [])
