"""P1's evaluation: all of D50 by our engine over one snapshot, against the rival's 50 queries."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from time import perf_counter, process_time

from bench import suite
from bench.lines import ROUNDS, Line, middle
from bench.rival.client import Rival, RivalAnswer, RivalMissingError
from bench.suite import Question
from bench.world import Size
from bench.world.sizes import AS_OF
from segments.engine import EngineError, Job, Result, evaluate_many
from segments.registry import load_catalogue
from segments.rules.parse import parse
from segments.rules.parsing.references import referenced_keys

TARGET = 0.5
SLOWEST = 5


@dataclass(frozen=True, slots=True)
class Round:
    """One pass of our engine: the whole of it, and each definition's own query."""

    seconds: float
    cpu: float
    results: Mapping[str, Result]


def run(size: Size, rival: Rival) -> Iterator[Line]:
    """One line; void where a member is missing or too many."""
    questions = suite.load()
    ours, theirs, missing = [], [], ""
    for _ in range(ROUNDS):
        try:
            theirs.append({each.key: rival.ask(each.rival_sql) for each in questions})
        except RivalMissingError as error:
            missing = str(error)
        ours.append(evaluate_all(questions))
    wrong = _differences(size, questions, ours[-1], theirs[-1] if theirs else {})
    yield Line(
        name="P1 evaluation of D50",
        size=size.name,
        unit="s",
        ours=middle([each.seconds for each in ours]),
        rival=middle([sum(answer.seconds for answer in each.values()) for each in theirs]) if theirs else None,
        target=TARGET,
        against="hand-written SQL on ClickHouse in process (chdb), ids only",
        void=missing or wrong,
        extra={
            "cpu_seconds": _cpu(ours, theirs),
            "definitions": len(questions),
            "slowest_ms": _slowest(ours, theirs),
        },
    )


def evaluate_all(questions: list[Question]) -> Round:
    """What a run does but for storing: read, compile, open a snapshot, evaluate in the order of references."""
    began, worked = perf_counter(), process_time()
    catalogue = load_catalogue()
    jobs = [
        Job(
            parse(each.document, catalogue, key=each.key),
            AS_OF,
            key=each.key,
            refers_to=frozenset(referenced_keys(dict(each.document))),
        )
        for each in questions
    ]
    results = {}
    for place, outcome in evaluate_many(jobs, catalogue=catalogue):
        if isinstance(outcome, EngineError):
            raise outcome
        results[questions[place].key] = outcome
    return Round(perf_counter() - began, process_time() - worked, results)


def _differences(size: Size, questions: list[Question], ours: Round, theirs: Mapping[str, RivalAnswer]) -> str:
    """Why the figures mean nothing: whose members are not those of ClickHouse, now or when D50 was written."""
    written = suite.checksums(size)
    wrong = []
    for each in questions:
        mine = each.checksum(ours.results[each.key].members)
        expected = {each.checksum(theirs[each.key].ids)} if theirs else set()
        if each.key in written:
            expected.add(written[each.key])
        if expected - {mine}:
            wrong.append(each.key)
    return f"other members than ClickHouse: {', '.join(wrong)}" if wrong else ""


def _cpu(ours: list[Round], theirs: list[dict[str, RivalAnswer]]) -> list[float | None]:
    """Of all processors, ours and the rival's: noise of a busy machine is not in it."""
    rival = middle([sum(answer.cpu for answer in each.values()) for each in theirs]) if theirs else None
    return [round(middle([each.cpu for each in ours]), 3), None if rival is None else round(rival, 3)]


def _slowest(ours: list[Round], theirs: list[dict[str, RivalAnswer]]) -> dict[str, list[float | None]]:
    """Our slowest definitions with our milliseconds and the rival's."""
    mine = {key: middle([each.results[key].milliseconds for each in ours]) for key in ours[0].results}
    worst = sorted(mine, key=lambda key: -mine[key])[:SLOWEST]
    return {
        key: [
            round(mine[key], 1),
            round(middle([each[key].seconds for each in theirs]) * 1000, 1) if theirs else None,
        ]
        for key in worst
    }
