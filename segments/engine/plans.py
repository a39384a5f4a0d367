"""What jobs of one instant are made of, before anything is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings

from segments.engine.compiling import refused_in_words
from segments.engine.jobs import EngineError, Job
from segments.rules.catalogue import Catalogue, Unit
from segments.rules.sql import Formula, PartsQuery, SetPlanner


@dataclass(frozen=True, slots=True)
class Plan:
    """By the place of a job its formula, or why there is none, and the queries behind all formulas.

    `populations` are the numbers of the queries whose rows are everybody of a unit, `relations` the names by which
    queries read the members of a segment, by its key.
    """

    formulas: Mapping[int, Formula]
    refused: Mapping[int, EngineError]
    queries: Sequence[PartsQuery]
    populations: Mapping[Unit, int]
    relations: Mapping[str, str]


def plan_of(jobs: Mapping[int, Job], catalogue: Catalogue, relations: Mapping[str, str]) -> Plan:
    """A plan for jobs, at least one, by their places; they share one `as_of`."""
    as_of = next(iter(jobs.values())).as_of
    planner = SetPlanner(catalogue, as_of, relations, default_timezone=settings.TIME_ZONE)
    formulas: dict[int, Formula] = {}
    refused: dict[int, EngineError] = {}
    for place, job in jobs.items():
        try:
            with refused_in_words():
                formulas[place] = planner.add(job.definition)
        except EngineError as error:
            refused[place] = error
    return Plan(formulas, refused, planner.queries(), planner.populations, relations)


def relations_of(jobs: Mapping[int, Job]) -> dict[str, str]:
    """Segment → relation for the jobs that are segments; no table of the layout begins with an underscore."""
    return {job.key: f"_members_{place}" for place, job in jobs.items() if job.key}
