"""Pairs of a definition and a world, answered by the reference and by an engine."""

import json
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

from segments.rules.catalogue import Catalogue
from segments.rules.parse import parse
from segments.rules.sql import Unsupported, compile_members, compile_nodes, to_sql
from tests.rules.oracle.borders import BORDERS, Borders
from tests.rules.oracle.coverage import EXPECTED, occurrences
from tests.rules.oracle.definitions import Writer, draw_segments
from tests.rules.oracle.engines import DuckEngine, Engine
from tests.rules.oracle.evaluate import Oracle
from tests.rules.oracle.layout import catalogue_of, tables_of
from tests.rules.oracle.planned import PlannedSets
from tests.rules.oracle.world import World
from tests.rules.oracle.worlds import draw_world

Json = dict[str, Any]
COVERED = EXPECTED | BORDERS


@dataclass
class Tally:
    """What has been compared so far with one engine."""

    engine: str
    pairs: int = 0
    telling: int = 0
    refused: int = 0
    found: Counter[str] = field(default_factory=Counter)

    def count(self, definition: Json, case: "Case", members: set[int]) -> None:
        """Counts a pair about which both say the same."""
        population = len(case.population(definition["unit"]))
        self.pairs += 1
        self.telling += 0.01 * population <= len(members) <= 0.99 * population
        self.found += occurrences(definition, case.world)
        self.found += case.borders.of(definition)

    @property
    def summary(self) -> str:
        """Pairs, differences, refusals and the share of telling answers."""
        share = self.telling / max(self.pairs, 1)
        return (
            f"{self.engine}: {self.pairs:,} pairs, 0 differences, {self.refused} refused, "
            f"{share:.0%} of the answers hold 1 to 99 % of the population"
        )

    def rarest(self, below: int) -> dict[str, int]:
        """What should have occurred at least so often and has not."""
        return {one: self.found[one] for one in sorted(COVERED) if self.found[one] < below}

    def coverage(self) -> list[str]:
        """A line per group of what is counted, with the counts."""
        groups: dict[str, list[str]] = {}
        for one in sorted(COVERED):
            group, name = one.split(": ", 1)
            groups.setdefault(group, []).append(f"{name} {self.found[one]:,}")
        return [f"  {group}: {', '.join(names)}" for group, names in groups.items()]


@dataclass
class Case:
    """A world, its catalogue and the reference's answers about it; `draw_case` gives it again for the same seed."""

    seed: int
    world: World
    catalogue: Catalogue
    oracle: Oracle
    borders: Borders

    def population(self, unit: str) -> set[int]:
        return {member.id for member in self.oracle.population(unit)}


def draw_case(seed: int) -> Case:
    random = Random(seed)
    world = draw_world(random)
    draw_segments(random, world)
    oracle = Oracle(world)
    return Case(seed, world, catalogue_of(world), oracle, Borders(oracle))


def check_duckdb(engine: DuckEngine, case: Case, definition: Json, tally: Tally) -> None:
    """In turn the query for the members, the one for people, and the one for all nodes."""
    world, zone = case.world, case.world.timezone
    expected = case.oracle.members(definition)
    parsed = parse(definition, case.catalogue, default_timezone=zone)
    told = explain(definition, case, expected)
    match tally.pairs % 3:
        case 0:
            query = compile_members(parsed, case.catalogue, world.as_of, default_timezone=zone)
            assert sorted(engine.ids(query.sql)) == sorted(expected), told
        case 1:
            sql = to_sql(parsed, case.catalogue, world.as_of, "duckdb", default_timezone=zone)
            assert sorted(engine.ids(sql)) == sorted(expected), told
        case _:
            rows = engine.rows(compile_nodes(parsed, case.catalogue, world.as_of, default_timezone=zone).sql)
            assert sorted(row[0] for row in rows) == sorted(case.population(definition["unit"])), told
            assert {row[0] for row in rows if row[1]} == expected, told
    tally.count(definition, case, expected)


def check_dialect(engine: Engine, case: Case, definition: Json, tally: Tally) -> None:
    """The query for people in the dialect that the tally is named after."""
    world = case.world
    expected = case.oracle.members(definition)
    parsed = parse(definition, case.catalogue, default_timezone=world.timezone)
    try:
        sql = to_sql(parsed, case.catalogue, world.as_of, tally.engine, default_timezone=world.timezone)
    except Unsupported:
        tally.refused += 1
        return
    assert sorted(engine.ids(sql)) == sorted(expected), explain(definition, case, expected)
    tally.count(definition, case, expected)


def check_world(engine: Engine, seed: int, definitions: int, tally: Tally, random: Random | None = None) -> None:
    """So many random definitions about one random world; in DuckDB each by itself, and all of them at once too."""
    case = draw_case(seed)
    engine.load(tables_of(case.world))
    writer = Writer(random or Random(seed), case.world)
    drawn = [writer.definition() for _ in range(definitions)]
    if not isinstance(engine, DuckEngine):
        for definition in drawn:
            check_dialect(engine, case, definition, tally)
        return
    check_together(engine, case, drawn)
    for definition in drawn:
        check_duckdb(engine, case, definition, tally)


def check_together(engine: DuckEngine, case: Case, definitions: list[Json]) -> None:
    """The sets over shared queries of a run; every other world's segments are members already known."""
    planned = PlannedSets(engine, case.oracle, given=case.seed % 2 == 0)
    for definition, members in zip(definitions, planned.members(definitions), strict=True):
        expected = case.oracle.members(definition)
        assert members == expected, f"as one of several, {explain(definition, case, expected)}"


def new_seed() -> int:
    """Other worlds in every run; a difference says which."""
    return Random().randrange(2**40)


def explain(definition: Json, case: Case, expected: set[int]) -> str:
    world = case.world
    text = json.dumps(definition, ensure_ascii=False)
    place = f"world {case.seed} at {world.as_of.isoformat()} in {world.timezone}"
    return f"{text} about {place} should give {sorted(expected)}"
