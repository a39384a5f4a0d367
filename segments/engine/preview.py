"""How many a definition finds, in all and at every node of its tree, while somebody is still writing it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lib import clock
from segments.engine import nodes
from segments.engine.jobs import EngineError
from segments.rules.catalogue import Catalogue
from segments.rules.nodes import Definition
from segments.rules.sql import NodesQuery

SECONDS = 3.0
"""Somebody waits for the answer: what takes longer is stopped."""
SAMPLE = 5
"""Members that are named, at most."""
OVER_BUDGET = "over_budget"


@dataclass(frozen=True, slots=True)
class Preview:
    """Exact counts at `as_of`.

    `sample` has up to five ids of members, the same ones each time: whether somebody may see them is the caller's
    to decide. `nodes` has the number of the population for whom each node holds, by its path in the notation of
    errors; below ``company`` those whose company it holds for, below ``people`` those it holds for one of whose people.
    """

    count: int
    population: int
    sample: tuple[int, ...]
    nodes: Mapping[str, int]
    as_of: datetime
    milliseconds: float

    @property
    def share(self) -> float:
        """The members' share of the population, from 0 to 1; 0 where there is nobody."""
        return self.count / self.population if self.population else 0.0


def preview(
    definition: Definition, *, catalogue: Catalogue, as_of: datetime | None = None, seconds: float = SECONDS
) -> Preview:
    """All counts of a definition in one query over one snapshot. Raises `EngineError`, `over_budget` among others."""
    moment = as_of or clock.now()
    query = nodes.compiled(definition, catalogue, moment, one_member=False)
    try:
        found = nodes.read(query.scan, _counting(query), moment, seconds=seconds)
    except EngineError as error:
        raise _over_budget(error, seconds) from error
    [row] = found.table.to_pylist()
    counts = {node.path: row[node.holds] for node in query.nodes}
    return Preview(
        row[query.nodes[0].holds], row["population"], tuple(row["sample"] or ()), counts, moment, found.milliseconds
    )


def _counting(query: NodesQuery) -> str:
    """The query around that for every member; a sample by hash is spread over all, and stays from one to the next."""
    root = query.nodes[0].holds
    counts = ", ".join(f"COUNT(*) FILTER (WHERE {node.holds}) AS {node.holds}" for node in query.nodes)
    sample = f"ARG_MIN(id, HASH(id), {SAMPLE}) FILTER (WHERE {root}) AS sample"
    return f"SELECT COUNT(*) AS population, {sample}, {counts} FROM ({query.sql}) AS members"  # noqa: S608  our own names


def _over_budget(error: EngineError, seconds: float) -> EngineError:
    if error.code != "timeout":
        return error
    message = (
        f"Counting took longer than {seconds:g} seconds and was stopped; the definition itself is well. Shorten its "
        "windows or make a part of it a segment. The command evaluate, and the runs of a segment, have more time."
    )
    return EngineError(OVER_BUDGET, message)
