"""The worker's part: take what waits, compute it over one snapshot, store each segment by itself."""

import logging
from collections.abc import Sequence
from contextlib import closing
from time import monotonic

from django.conf import settings

from lib import failpoints, leases
from lib.leases import LeaseLostError
from segments import engine
from segments.models import Run
from segments.registry import load_catalogue
from segments.rules.catalogue import Catalogue
from segments.rules.errors import DefinitionErrors
from segments.rules.parse import parse
from segments.runs import failures, outcomes, queue
from segments.runs.failures import Failure

logger = logging.getLogger(__name__)

SECONDS = 240.0
"""One call works for about this long, and leaves the rest to the next: well below a task's time limit."""

POINTS = failpoints.declare("runs.evaluated")


def work(seconds: float = SECONDS) -> int:
    """Compute waiting runs until none is left or the time is up; answers how many runs it ended."""
    deadline = monotonic() + seconds
    ended = 0
    while monotonic() < deadline:
        runs = queue.claim_batch()
        if not runs:
            break
        ended += compute(runs, deadline)
    return ended


def compute(runs: Sequence[Run], deadline: float) -> int:
    """Compute claimed runs of one `as_of`; those that the deadline leaves no time for are given back."""
    unfinished = {run.pk: run for run in runs}
    with leases.kept(runs, seconds=settings.LEASE_SECONDS), _Accounts(unfinished):
        catalogue = load_catalogue()
        jobs = {run.pk: job for run in runs if (job := _job(run, catalogue, unfinished)) is not None}
        order = list(jobs)
        with closing(engine.evaluate_many(list(jobs.values()), catalogue=catalogue)) as outcomes_as_they_come:
            for place, outcome in outcomes_as_they_come:
                failpoints.reach("runs.evaluated")
                _end(unfinished.pop(order[place]), outcome)
                if monotonic() > deadline:
                    break
    return len(runs) - len(unfinished)


def _job(run: Run, catalogue: Catalogue, unfinished: dict[int, Run]) -> engine.Job | None:
    """The run's definition for the engine; one that no longer fits the catalogue ends its run here."""
    version = run.version
    try:
        definition = parse(version.definition, catalogue, default_timezone=settings.TIME_ZONE, key=run.segment.key)
    except DefinitionErrors as errors:
        _end(unfinished.pop(run.pk), failures.of_definition(errors))
        return None
    assert run.as_of is not None  # a claimed run has one
    return engine.Job(definition, run.as_of, key=run.segment.key, refers_to=frozenset(version.refers_to))


def _end(run: Run, outcome: engine.Result | engine.EngineError | Failure) -> None:
    """Write what came of a run, if it is still ours."""
    try:
        if isinstance(outcome, engine.Result):
            outcomes.succeed(run, outcome)
            logger.info("%s: %s members, %s entered, %s left", run, run.members, run.entered, run.left)
        else:
            failure = failures.of_engine(outcome) if isinstance(outcome, engine.EngineError) else outcome
            outcomes.fail(run, failure)
            logger.warning("%s failed (%s): %s", run, failure.code, failure.message)
    except LeaseLostError as lost:
        logger.warning("%s, so nothing was written", lost)


class _Accounts:
    """Leaves no claimed run behind: after an error the unfinished ones say so, else they are given back."""

    def __init__(self, unfinished: dict[int, Run]) -> None:
        self.unfinished = unfinished

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        for run in list(self.unfinished.values()):
            if isinstance(error, Exception):
                _end(self.unfinished.pop(run.pk), failures.unexpected(error))
            else:
                _give_back(run)


def _give_back(run: Run) -> None:
    try:
        outcomes.give_back(run)
    except LeaseLostError as lost:
        logger.warning("%s, so it was not given back", lost)
