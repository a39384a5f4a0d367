"""All definitions about a world at once, as the engine answers them: shared queries, and algebra of sets."""

from typing import Any

from segments.rules.parse import parse
from segments.rules.sql import Combined, Complement, Formula, Members, Part, PartsQuery, SetPlanner
from tests.rules.oracle.engines import DuckEngine
from tests.rules.oracle.evaluate import Oracle
from tests.rules.oracle.layout import Table, catalogue_of

Json = dict[str, Any]


class PlannedSets:
    """The members of definitions by a planner; `given`: segments are relations of known members, not written out."""

    def __init__(self, engine: DuckEngine, oracle: Oracle, *, given: bool) -> None:
        self.engine = engine
        world, self.catalogue = oracle.world, catalogue_of(oracle.world)
        self.zone = world.timezone
        self.segments = {key: oracle.members(definition) for key, definition in world.segments.items()}
        relations = {key: f"_members_{number}" for number, key in enumerate(self.segments)} if given else {}
        for key, name in relations.items():
            engine.add(Table(name, {"id": "id"}, [(member,) for member in sorted(self.segments[key])]))
        self.planner = SetPlanner(self.catalogue, world.as_of, relations, default_timezone=self.zone)
        self.queries: list[PartsQuery] = []
        self.rows: dict[int, list[tuple[Any, ...]]] = {}
        self.columns: dict[int, list[str]] = {}

    def members(self, definitions: list[Json]) -> list[set[int]]:
        """Those of each definition."""
        parsed = [parse(one, self.catalogue, default_timezone=self.zone) for one in definitions]
        formulas = [self.planner.add(one) for one in parsed]
        self.queries = self.planner.queries()
        return [self._of(formula) for formula in formulas]

    def _of(self, formula: Formula) -> set[int]:
        match formula:
            case Part(query, column, inverted):
                found = self._where(query, column)
                everybody = self._everybody(self.queries[query].unit)
                return everybody - found if inverted else everybody & found
            case Members(key):
                return self.segments[key]
            case Complement(inner, unit):
                return self._everybody(unit) - self._of(inner)
            case Combined("all", parts):
                return set.intersection(*map(self._of, parts))
            case Combined(_, parts):
                return set.union(*map(self._of, parts))
        raise AssertionError(formula)

    def _everybody(self, unit: Any) -> set[int]:
        return self._where(self.planner.populations[unit], None)

    def _where(self, number: int, column: str | None) -> set[int]:
        """The ids of a query's rows, of those where a column is true."""
        if number not in self.rows:
            self.columns[number], self.rows[number] = self.engine.table(self.queries[number].sql)
            ids = [row[0] for row in self.rows[number]]
            assert len(ids) == len(set(ids)), "a query of parts gives a member twice"
        place = None if column is None else self.columns[number].index(column)
        return {row[0] for row in self.rows[number] if place is None or row[place] is True}
