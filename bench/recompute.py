"""P1 whole, P8, and the recompute of one segment: the run path from the claim to the stored difference."""

from collections.abc import Iterator
from typing import Any

from bench import suite
from bench.children import Conversation
from bench.home import Place
from bench.lines import ROUNDS, Line, middle, percentile
from bench.rival.client import Rival, RivalMissingError

P1, P8_MB = 0.5, 2048


def run(place: Place, rival: Rival) -> Iterator[Line]:
    """The first recompute, in which everybody enters, is not counted: what a company waits for is the next."""
    ours, theirs, missing, first = [], [], "", {}
    questions = suite.load()
    with Conversation("bench.recompute_worker", place.environment(place.registry)) as worker:
        first = worker.ask("all")
        for _ in range(ROUNDS):
            try:
                theirs.append(sum(rival.ask(each.rival_sql).seconds for each in questions))
            except RivalMissingError as error:
                missing = str(error)
            ours.append(worker.ask("all"))
        one = worker.ask("each")
    yield _whole(place, ours, theirs, missing, first)
    yield _single(place, list(one.values()))
    yield Line(
        name="P8 memory of a worker in P1",
        size=place.size.name,
        unit="MB",
        ours=worker.peak_mb,
        rival=P8_MB,
        target=1.0,
        against="the limit of 2 GiB at any moment (ru_maxrss)",
    )


def _whole(place: Place, ours: list[dict[str, Any]], theirs: list[float], missing: str, first: dict[str, Any]) -> Line:
    failed = {key: why for answer in (first, *ours) for key, why in answer["failures"].items()}
    return Line(
        name="P1 recompute of D50",
        size=place.size.name,
        unit="s",
        ours=middle([answer["seconds"] for answer in ours]),
        rival=middle(theirs) if theirs else None,
        target=P1,
        against="hand-written SQL on ClickHouse in process (chdb), ids only",
        void="; ".join([missing] * bool(missing) + [f"{key} failed: {why}" for key, why in failed.items()]),
        extra={"first_s": round(first["seconds"], 2)},
    )


def _single(place: Place, seconds: list[float]) -> Line:
    return Line(
        name="recompute of one segment: median over D50",
        size=place.size.name,
        unit="ms",
        ours=middle(seconds) * 1000,
        rival=None,
        target=None,
        against="nothing: the figure that issue 2 asks for",
        extra={"p95_ms": round(percentile(seconds, 0.95) * 1000, 1)},
    )
