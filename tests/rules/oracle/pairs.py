"""Pairs of a definition and a world, answered by the reference and by an engine."""

import json
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol

from segments.rules.catalogue import Catalogue
from segments.rules.parse import parse
from segments.rules.sql import Unsupported, compile_members, compile_nodes, to_sql
from tests.rules.oracle.coverage import EXPECTED, occurrences
from tests.rules.oracle.definitions import Writer, draw_segments
from tests.rules.oracle.engines import DuckEngine
from tests.rules.oracle.evaluate import Oracle
from tests.rules.oracle.layout import Table, catalogue_of, tables_of
from tests.rules.oracle.world import World
from tests.rules.oracle.worlds import draw_world

Json = dict[str, Any]


class Engine(Protocol):
    """Runs SQL over a world."""

    def load(self, tables: list[Table]) -> None: ...
    def ids(self, sql: str) -> list[int]: ...


@dataclass
class Tally:
    """What has been compared so far."""

    pairs: int = 0
    telling: int = 0
    refused: int = 0
    found: Counter[str] = field(default_factory=Counter)

    def count(self, definition: Json, world: World, members: set[int], population: int) -> None:
        self.pairs += 1
        self.telling += 0.01 * population <= len(members) <= 0.99 * population
        self.found += occurrences(definition, world)

    def report(self, name: str) -> str:
        rarest = sorted((self.found[one], one) for one in EXPECTED)[:5]
        share = self.telling / max(self.pairs, 1)
        return (
            f"{name}: {self.pairs} pairs, 0 differences, {self.refused} refused, {share:.0%} telling, "
            f"{len(EXPECTED)} productions and operators, rarest {rarest}"
        )


@dataclass
class Case:
    """A world, its catalogue and the reference's answers about it."""

    world: World
    catalogue: Catalogue
    oracle: Oracle

    def population(self, unit: str) -> set[int]:
        return {member.id for member in self.oracle.population(unit)}


def draw_case(seed: int) -> Case:
    random = Random(seed)
    world = draw_world(random)
    draw_segments(random, world)
    return Case(world, catalogue_of(world), Oracle(world))


def check_duckdb(engine: DuckEngine, case: Case, definition: Json, tally: Tally) -> None:
    """The engine's query; and in turn the query for people, and the root of the query for all nodes."""
    world, zone = case.world, case.world.timezone
    expected = case.oracle.members(definition)
    parsed = parse(definition, case.catalogue, default_timezone=zone)
    told = explain(definition, case, expected)
    query = compile_members(parsed, case.catalogue, world.as_of, default_timezone=zone)
    assert sorted(engine.ids(query.sql)) == sorted(expected), told
    population = case.population(definition["unit"])
    if tally.pairs % 3 == 0:
        sql = to_sql(parsed, case.catalogue, world.as_of, "duckdb", default_timezone=zone)
        assert sorted(engine.ids(sql)) == sorted(expected), told
    if tally.pairs % 3 == 1:
        rows = engine.rows(compile_nodes(parsed, case.catalogue, world.as_of, default_timezone=zone).sql)
        assert sorted(row[0] for row in rows) == sorted(population), told
        assert {row[0] for row in rows if row[1]} == expected, told
    tally.count(definition, world, expected, len(population))


def check_dialect(engine: Engine, dialect: str, case: Case, definition: Json, tally: Tally) -> None:
    """The query for people in another dialect."""
    world = case.world
    expected = case.oracle.members(definition)
    parsed = parse(definition, case.catalogue, default_timezone=world.timezone)
    try:
        sql = to_sql(parsed, case.catalogue, world.as_of, dialect, default_timezone=world.timezone)
    except Unsupported:
        tally.refused += 1
        return
    assert sorted(engine.ids(sql)) == sorted(expected), explain(definition, case, expected)
    tally.count(definition, world, expected, len(case.population(definition["unit"])))


def check_seeds(engine: Engine, dialect: str, seeds: range, each: int, tally: Tally) -> None:
    """So many definitions about the world of each seed."""
    for seed in seeds:
        case = draw_case(seed)
        engine.load(tables_of(case.world))
        writer = Writer(Random(seed), case.world)
        for _ in range(each):
            check_dialect(engine, dialect, case, writer.definition(), tally)


def explain(definition: Json, case: Case, expected: set[int]) -> str:
    world = case.world
    text = json.dumps(definition, ensure_ascii=False)
    return f"{text} at {world.as_of.isoformat()} in {world.timezone} should give {sorted(expected)}"
