"""What ``evaluate`` prints for each definition."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from functools import cache
from typing import Any

from segments import engine
from segments.engine import EngineError, Result
from segments.explanations import TODAYS_TRAITS
from segments.external_ids import ExternalIds, load_external_ids
from segments.management.inputs import Asked
from segments.rules.catalogue import Catalogue
from segments.rules.errors import RuleError
from segments.rules.instants import format_instant
from segments.rules.nodes import At, Definition
from segments.rules.normalise import definition_sha256

Answer = dict[str, Any]


def errors_answer(errors: Sequence[RuleError]) -> Answer:
    """For a definition that is invalid."""
    return {"errors": [error.as_json() for error in errors]}


def answer_one(asked: Asked, catalogue: Catalogue, now: datetime, keep: Callable[[bytes], object]) -> Answer:
    """The answer for one definition; `keep` gets the members' external ids, one per line."""
    if asked.definition is None or asked.errors:
        return errors_answer(asked.errors)
    try:
        result = engine.evaluate(asked.definition, catalogue=catalogue, as_of=asked.as_of)
    except EngineError as error:
        return _engine_answer(error)
    names = load_external_ids(asked.definition.unit, result.members)
    keep(names.lines(result.members))
    return _result_answer(asked.definition, result, names, now)


def answer_many(asked: Sequence[Asked], catalogue: Catalogue, now: datetime) -> Iterator[Answer]:
    """An answer with its id for each definition, in their order.

    One snapshot serves all, whatever their `as_of`: that changes only the instants written into the queries.
    """
    jobs = [engine.Job(one.definition, one.as_of or now) for one in asked if one.definition and not one.errors]
    names = cache(load_external_ids)
    with closing(engine.evaluate_many(jobs, catalogue=catalogue)) as outcomes:
        for one in asked:
            named = {"id": one.id}
            if one.definition is None or one.errors:
                yield named | errors_answer(one.errors)
                continue
            _, outcome = next(outcomes)  # without keys the jobs come in their order
            if isinstance(outcome, EngineError):
                yield named | _engine_answer(outcome)
            else:
                yield named | _result_answer(one.definition, outcome, names(one.definition.unit), now)


def _result_answer(definition: Definition, result: Result, names: ExternalIds, now: datetime) -> Answer:
    answer: Answer = {
        "count": len(result.members),
        "as_of": format_instant(At(result.as_of)),
        "sha256": names.checksum(result.members),
        "definition_sha256": definition_sha256(definition),
        "milliseconds": round(result.milliseconds, 1),
    }
    return answer | {"note": TODAYS_TRAITS} if result.as_of < now else answer


def _engine_answer(error: EngineError) -> Answer:
    return {"errors": [{"path": "", "code": error.code, "message": error.message}]}
