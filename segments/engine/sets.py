"""Members as algebra of sets over one snapshot: each query runs once, when the first definition needs it or before."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future

import pyarrow as pa
from pyroaring import BitMap64

from lib import bitmaps
from segments.engine.asking import Asking
from segments.engine.jobs import EngineError
from segments.engine.plans import Plan
from segments.rules.catalogue import Unit
from segments.rules.sql import Combined, Complement, Formula, Members, Part, PartsQuery

Found = Mapping[str | None, BitMap64]
"""Column → the ids for which it is TRUE; None → the ids of all rows, where those are asked for."""


class Sets:
    """Answers the formulas of a plan. `members` gives those of a segment of the same run, or raises `EngineError`."""

    def __init__(self, asking: Asking, plan: Plan, members: Callable[[str], BitMap64]) -> None:
        self.asking = asking
        self.plan = plan
        self.members = members
        self._found: dict[int, Found | EngineError] = {}
        self._ahead: dict[int, Future[pa.Table]] = {}

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
            answer = self._ahead.pop(number, None) or self._ask(number)
            self._ask_ahead(number + 1)
            try:
                self._found[number] = _sets(self.plan.queries[number], answer.result())
            except EngineError as error:
                self._found[number] = error
        found = self._found[number]
        if isinstance(found, EngineError):
            raise found
        return found

    def _ask(self, number: int) -> "Future[pa.Table]":
        query = self.plan.queries[number]
        relations = {
            self.plan.relations[key]: pa.table({"id": bitmaps.to_arrow(self.members(key))}) for key in query.refers_to
        }
        return self.asking.ask(query.sql, relations)

    def _ask_ahead(self, number: int) -> None:
        """Definitions come in about the order of their queries, so the next one is most likely needed next.

        One that reads the members of a segment waits until somebody needs it, since those are not known yet.
        """
        known = self._found.keys() | self._ahead.keys()
        if number < len(self.plan.queries) and number not in known and not self.plan.queries[number].refers_to:
            self._ahead[number] = self._ask(number)


def _sets(query: PartsQuery, table: pa.Table) -> Found:
    ids, parts = table.column("id"), table.column_names[1:]
    found: dict[str | None, BitMap64] = {name: bitmaps.from_arrow(ids.filter(table.column(name))) for name in parts}
    if query.everybody or not parts:
        found[None] = bitmaps.from_arrow(ids)
    return found
