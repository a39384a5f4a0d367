"""P4: counting everybody on four times the data, and the same changes among ten times the people."""

from collections.abc import Iterator

from bench.children import Conversation
from bench.home import Place
from bench.lines import ROUNDS, Line, middle
from bench.world import SIZES

QUARTER = {"S100k": "S25k", "S1M": "S250k"}
TENTH = {"S100k": "S10k", "S1M": "S100k"}


def run(place: Place) -> Iterator[Line]:
    """Medians, each size in a registry of its own; nothing for S10k, which is for trying out."""
    if place.size.name not in QUARTER:
        return
    quarter, tenth = (
        Place(SIZES[name], place.folder.parent / name, place.fingerprint)
        for name in (QUARTER[place.size.name], TENTH[place.size.name])
    )
    yield _line("P4 full recompute on 4 times the data", place, quarter, "recompute", 4.4)
    yield _line("P4 the same changes among 10 times the people", place, tenth, "increment", 2.0)


def _line(name: str, large: Place, small: Place, what: str, target: float) -> Line:
    ours, rival = (_seconds(each, what) for each in (large, small))
    return Line(
        name=name,
        size=large.size.name,
        unit="s",
        ours=ours[0],
        rival=rival[0],
        target=target,
        against=f"the same on {small.size.name}",
        extra={"cpu_seconds": [round(ours[1], 3), round(rival[1], 3)]},
    )


def _seconds(place: Place, what: str) -> tuple[float, float]:
    """Of wall and of CPU, that of PostgreSQL not included."""
    place.files.make()
    with Conversation("bench.growth_worker", place.environment(place.registry)) as worker:
        worker.ask(what)  # everybody enters, and files are read for the first time
        answers = [worker.ask(what) for _ in range(ROUNDS)]
    return middle([wall for wall, _ in answers]), middle([cpu for _, cpu in answers])
