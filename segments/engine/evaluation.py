"""Definitions over one snapshot: all read from the same state, what they have in common is asked once."""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from datetime import datetime
from graphlib import TopologicalSorter
from time import perf_counter

import duckdb
from deltalake.exceptions import DeltaError
from pyroaring import BitMap64

from lib import clock
from profiles.lake.snapshot import Only, TableScan, open_snapshot
from segments.engine import queries
from segments.engine.asking import Asking
from segments.engine.jobs import EngineError, Job, Result
from segments.engine.plans import Plan, plan_of, relations_of
from segments.engine.sets import Sets
from segments.rules.catalogue import Catalogue
from segments.rules.nodes import Definition
from segments.rules.sql import Scan

Outcome = Result | EngineError

PERHAPS_OF_OTHERS = ("timeout", "out_of_memory", "query_refused")
"""Failures of a query that several definitions share: each is then tried alone."""


def evaluate(definition: Definition, *, catalogue: Catalogue, as_of: datetime | None = None) -> Result:
    """The members of one definition now, or at `as_of` with today's traits. Raises `EngineError`."""
    job = Job(definition, as_of or clock.now())
    [(_, outcome)] = evaluate_many([job], catalogue=catalogue)
    if isinstance(outcome, EngineError) and outcome.code == queries.LAKE_UNREADABLE:
        [(_, outcome)] = evaluate_many([job], catalogue=catalogue)  # once more, with the pointers of now (I1)
    if isinstance(outcome, EngineError):
        raise outcome
    return outcome


def evaluate_many(
    jobs: Sequence[Job], *, catalogue: Catalogue, only: Only | None = None
) -> Generator[tuple[int, Outcome], None, None]:
    """Each job's place in `jobs` and its outcome, as they come, over one snapshot that closes with the generator.

    A job whose `key` others name comes before them, and they use its members; if it fails, so do they. Segments that
    are named but are no job are inlined. Jobs with a key share one `as_of`. One job's failure is its own: the others
    go on. With `only` the answers are about these members alone: who of them is a member.
    """
    plans = _plans(jobs, catalogue)
    with ExitStack() as stack:
        opened = _open(stack, plans.values(), jobs, only)
        if isinstance(opened, EngineError):
            yield from ((place, opened) for place in range(len(jobs)))
            return
        run = _Run(stack.enter_context(closing(Asking(opened))), jobs, catalogue, plans)
        for place in _ordered(jobs):
            yield place, run.outcome(place)


def _plans(jobs: Sequence[Job], catalogue: Catalogue) -> Mapping[datetime, Plan]:
    together: dict[datetime, dict[int, Job]] = {}
    for place, job in enumerate(jobs):
        together.setdefault(job.as_of, {})[place] = job
    return {as_of: plan_of(some, catalogue, relations_of(some)) for as_of, some in together.items()}


def _ordered(jobs: Sequence[Job]) -> Iterator[int]:
    """The places of the jobs, each after those that it refers to."""
    places = {job.key: place for place, job in enumerate(jobs) if job.key}
    before = {place: {places[key] for key in job.refers_to if key in places} for place, job in enumerate(jobs)}
    yield from TopologicalSorter(before).static_order()


def _open(
    stack: ExitStack, plans: Iterable[Plan], jobs: Sequence[Job], only: Only | None
) -> duckdb.DuckDBPyConnection | EngineError:
    """A snapshot of what all the queries read, open as long as `stack`; or why there is none."""
    scan = Scan()
    for plan in plans:
        for query in plan.queries:
            scan = scan.merged(query.scan)
    tables = {name: TableScan(table.columns, table.start, table.end) for name, table in scan.tables.items()}
    latest = max((job.as_of for job in jobs), default=None)
    try:
        return stack.enter_context(open_snapshot(tables, latest, only)).connection
    except (duckdb.Error, DeltaError) as error:
        return queries.lake_unreadable(error)


class _Run:
    """The outcomes of jobs over one snapshot, each worked out once."""

    def __init__(
        self,
        asking: Asking,
        jobs: Sequence[Job],
        catalogue: Catalogue,
        plans: Mapping[datetime, Plan],
    ) -> None:
        self.asking = asking
        self.jobs = jobs
        self.catalogue = catalogue
        self.plans = plans
        self.places = {job.key: place for place, job in enumerate(jobs) if job.key}
        self._sets = {as_of: Sets(asking, plan, self._members) for as_of, plan in plans.items()}
        self._outcomes: dict[int, Outcome] = {}

    def outcome(self, place: int) -> Outcome:
        """What comes of a job; what its formula needs of others is worked out first."""
        if place not in self._outcomes:
            started = perf_counter()
            job = self.jobs[place]
            try:
                members = self._evaluate(place, job)
                self._outcomes[place] = Result(members, job.as_of, (perf_counter() - started) * 1000)
            except EngineError as error:
                self._outcomes[place] = error
        return self._outcomes[place]

    def _evaluate(self, place: int, job: Job) -> BitMap64:
        failed = {key for key in job.refers_to & self.places.keys() if self._failed(key)}
        if failed:
            raise _dependency_failed(failed)
        plan = self.plans[job.as_of]
        if place in plan.refused:
            raise plan.refused[place]
        try:
            return self._sets[job.as_of].of(plan.formulas[place])
        except EngineError as error:
            if error.code not in PERHAPS_OF_OTHERS or len(plan.formulas) == 1:
                raise
        alone = plan_of({place: job}, self.catalogue, plan.relations)
        return Sets(self.asking, alone, self._members).of(alone.formulas[place])

    def _failed(self, key: str) -> bool:
        return isinstance(self.outcome(self.places[key]), EngineError)

    def _members(self, key: str) -> BitMap64:
        outcome = self.outcome(self.places[key])
        if isinstance(outcome, EngineError):
            raise _dependency_failed([key])
        return outcome.members


def _dependency_failed(keys: Iterable[str]) -> EngineError:
    names = ", ".join(f"'{key}'" for key in sorted(keys))
    return EngineError(
        "dependency_failed", f"It refers to {names}, which failed in the same run: see the reason there."
    )
