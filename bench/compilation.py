"""Validation and compilation of one large definition, before anything is read."""

from collections.abc import Iterator
from time import perf_counter

from bench import suite
from bench.fifty import definition
from bench.lines import Line, middle
from bench.world import Size
from bench.world.sizes import AS_OF
from segments.rules.parse import parse
from segments.rules.sql import compile_members

LIMIT_MS = 15.0
TIMES = 15


def run(size: Size) -> Iterator[Line]:
    """One line: the median after the first, which loads modules."""
    catalogue = suite.catalogue(suite.load())
    document = definition()
    spent = []
    for _ in range(TIMES + 1):
        began = perf_counter()
        compile_members(parse(document, catalogue), catalogue, AS_OF)
        spent.append((perf_counter() - began) * 1000)
    yield Line(
        name="compile a definition of 50 leaves",
        size=size.name,
        unit="ms",
        ours=middle(spent[1:]),
        rival=LIMIT_MS,
        target=1.0,
        against="the limit of 15 ms for validation and compilation together",
        extra={"first_ms": round(spent[0], 1)},
    )
