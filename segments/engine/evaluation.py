"""Definitions over one snapshot: each compiled, all read from the same state, in the order of their references."""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from graphlib import TopologicalSorter
from time import perf_counter

import duckdb
import pyarrow as pa
from deltalake.exceptions import DeltaError
from django.conf import settings

from lib import bitmaps, clock
from profiles.lake.snapshot import TableScan, open_snapshot
from segments.engine import queries
from segments.engine.compiling import refused_in_words
from segments.engine.jobs import EngineError, Job, Result
from segments.engine.tables import FEWEST_QUERIES, keep_small
from segments.rules.catalogue import Catalogue
from segments.rules.nodes import Definition
from segments.rules.sql import MembersQuery, Scan, compile_members

Outcome = Result | EngineError


def evaluate(definition: Definition, *, catalogue: Catalogue, as_of: datetime | None = None) -> Result:
    """The members of one definition now, or at `as_of` with today's traits. Raises `EngineError`."""
    job = Job(definition, as_of or clock.now())
    [(_, outcome)] = evaluate_many([job], catalogue=catalogue)
    if isinstance(outcome, EngineError) and outcome.code == queries.LAKE_UNREADABLE:
        [(_, outcome)] = evaluate_many([job], catalogue=catalogue)  # once more, with the pointers of now (I1)
    if isinstance(outcome, EngineError):
        raise outcome
    return outcome


def evaluate_many(jobs: Sequence[Job], *, catalogue: Catalogue) -> Generator[tuple[int, Outcome], None, None]:
    """Each job's place in `jobs` and its outcome, as they come, over one snapshot that closes with the generator.

    A job whose `key` others name comes before them, and they use its members; if it fails, so do they. Segments that
    are named but are no job are inlined. Jobs with a key share one `as_of`. One job's failure is its own: the others
    go on.
    """
    relations = _relations(jobs)
    compiled = [_compile(job, catalogue, relations) for job in jobs]
    with ExitStack() as stack:
        opened = _open(stack, compiled, jobs)
        failed: set[str] = set()
        for place in _ordered(jobs):
            job, query = jobs[place], compiled[place]
            broken = job.refers_to & failed
            outcome: Outcome
            if isinstance(query, EngineError):
                outcome = query
            elif broken:
                outcome = _dependency_failed(broken)
            elif isinstance(opened, EngineError):
                outcome = opened
            else:
                outcome = _run(opened, job, query, relations.get(job.key or ""))
            if isinstance(outcome, EngineError) and job.key:
                failed.add(job.key)
            yield place, outcome


def _relations(jobs: Sequence[Job]) -> dict[str, str]:
    """The relation that holds the members of each job that another refers to.

    No table of the layout begins with an underscore, so none is hidden.
    """
    wanted = frozenset[str]().union(*(job.refers_to for job in jobs))
    return {job.key: f"_members_{place}" for place, job in enumerate(jobs) if job.key in wanted and job.key}


def _compile(job: Job, catalogue: Catalogue, relations: Mapping[str, str]) -> MembersQuery | EngineError:
    try:
        with refused_in_words():
            return compile_members(job.definition, catalogue, job.as_of, relations, default_timezone=settings.TIME_ZONE)
    except EngineError as error:
        return error


def _dependency_failed(keys: Iterable[str]) -> EngineError:
    names = ", ".join(f"'{key}'" for key in sorted(keys))
    return EngineError(
        "dependency_failed", f"It refers to {names}, which failed in the same run: see the reason there."
    )


def _ordered(jobs: Sequence[Job]) -> Iterator[int]:
    """The places of the jobs, each after those that it refers to."""
    places = {job.key: place for place, job in enumerate(jobs) if job.key}
    before = {place: {places[key] for key in job.refers_to if key in places} for place, job in enumerate(jobs)}
    yield from TopologicalSorter(before).static_order()


def _open(
    stack: ExitStack, compiled: Iterable[MembersQuery | EngineError], jobs: Sequence[Job]
) -> duckdb.DuckDBPyConnection | EngineError:
    """A snapshot of what all the queries read, open as long as `stack`; or why there is none."""
    scan = Scan()
    for query in compiled:
        if isinstance(query, MembersQuery):
            scan = scan.merged(query.scan)
    tables = {name: TableScan(table.columns, table.start, table.end) for name, table in scan.tables.items()}
    latest = max((job.as_of for job in jobs), default=None)
    try:
        connection = stack.enter_context(open_snapshot(tables, latest)).connection
        if len(jobs) >= FEWEST_QUERIES:
            keep_small(connection, tables)
        return connection
    except (duckdb.Error, DeltaError) as error:
        return queries.lake_unreadable(error)


def _run(connection: duckdb.DuckDBPyConnection, job: Job, query: MembersQuery, relation: str | None) -> Outcome:
    started = perf_counter()
    try:
        ids = queries.ids(connection, query.sql)
    except EngineError as error:
        return error
    members = bitmaps.from_arrow(ids)
    milliseconds = (perf_counter() - started) * 1000
    if relation is not None:
        connection.register(relation, pa.table({"id": ids}))
    return Result(members, job.as_of, milliseconds)
