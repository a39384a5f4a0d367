"""Members as algebra of sets over one snapshot: each query runs once, when the first definition needs it."""

from collections.abc import Callable, Mapping

import duckdb
import pyarrow as pa
from pyroaring import BitMap64

from lib import bitmaps
from segments.engine import queries
from segments.engine.jobs import EngineError
from segments.engine.plans import Plan
from segments.rules.catalogue import Unit
from segments.rules.sql import Combined, Complement, Formula, Members, Part, PartsQuery

Found = Mapping[str | None, BitMap64]
"""Column → the ids for which it is TRUE; None → the ids of all rows."""


class Sets:
    """Answers the formulas of a plan. `members` gives those of a segment of the same run, or raises `EngineError`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, plan: Plan, members: Callable[[str], BitMap64]) -> None:
        self.connection = connection
        self.plan = plan
        self.members = members
        self._found: dict[int, Found | EngineError] = {}

    def of(self, formula: Formula) -> BitMap64:
        """The members. Raises `EngineError`, the same one for all who need the query that failed."""
        match formula:
            case Part():
                return self._part(formula)
            case Members(key):
                return self.members(key)
            case Complement(within, unit):
                return self._everybody(unit) - self.of(within)
            case Combined("all", (first, *others)):
                return BitMap64.intersection(self.of(first), *map(self.of, others))
            case Combined(_, (first, *others)):
                return BitMap64.union(self.of(first), *map(self.of, others))
        raise ValueError(f"{formula} is no formula")

    def _part(self, part: Part) -> BitMap64:
        found = self._rows(part.query)[part.column]
        query = self.plan.queries[part.query]
        if part.inverted:
            return self._everybody(query.unit) - found
        return found if query.everybody else found & self._everybody(query.unit)

    def _everybody(self, unit: Unit) -> BitMap64:
        return self._rows(self.plan.populations[unit])[None]

    def _rows(self, number: int) -> Found:
        if number not in self._found:
            try:
                self._found[number] = self._read(self.plan.queries[number])
            except EngineError as error:
                self._found[number] = error
        found = self._found[number]
        if isinstance(found, EngineError):
            raise found
        return found

    def _read(self, query: PartsQuery) -> Found:
        for key in query.refers_to:
            self.connection.register(self.plan.relations[key], pa.table({"id": bitmaps.to_arrow(self.members(key))}))
        table = queries.rows(self.connection, query.sql)
        ids = table.column("id")
        found: dict[str | None, BitMap64] = {None: bitmaps.from_arrow(ids)}
        for name in table.column_names[1:]:
            found[name] = bitmaps.from_arrow(ids.filter(table.column(name)))
        return found
