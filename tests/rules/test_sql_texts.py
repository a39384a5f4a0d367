"""What people write stays inside literals: hostile names and texts everywhere, run on real engines, read by a spy."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from segments.rules.parse import parse
from segments.rules.sql import compile_members, compile_nodes, to_sql
from tests.rules.oracle.borders import Borders
from tests.rules.oracle.definitions import Writer, draw_segments
from tests.rules.oracle.engines import ClickHouseEngine, DuckEngine, Engine, PostgresEngine, SparkEngine
from tests.rules.oracle.evaluate import Oracle
from tests.rules.oracle.layout import catalogue_of, tables_of
from tests.rules.oracle.pairs import Case, explain
from tests.rules.oracle.planned import PlannedSets
from tests.rules.oracle.worlds import draw_world
from tests.rules.spy import MARK, as_pattern, marks, spoil, unquoted

EACH = 4
Print = Callable[[str], None]
Json = dict[str, Any]


def hostile_case(seed: int) -> Case:
    random = Random(seed)
    world = draw_world(random)
    spoil(world, random)
    draw_segments(random, world)
    oracle = Oracle(world)
    return Case(seed, world, catalogue_of(world), oracle, Borders(oracle))


def hostile_definitions(case: Case) -> list[Any]:
    """Random ones, and one that asks every text of every trait for a text of somebody, in every way there is."""
    world, writer = case.world, Writer(Random(case.seed), case.world)
    rules = []
    for key, kind in world.profile_traits.items():
        values: list[Any] = [value for value in (profile.traits.get(key) for profile in world.profiles) if value]
        if kind == "text" and values:
            text: str = values[0]
            ways: Json = {
                "eq": text,
                "in": [text],
                "contains": text[1:],
                "starts_with": text[:-1],
                "ends_with": text[1:],
            }
            rules += [{"trait": key, "op": op, "value": value} for op, value in ways.items()]
            if len(as_pattern(text)) <= 200:
                rules.append({"trait": key, "op": "matches", "value": as_pattern(text)})
        if kind == "list" and values:
            rules.append({"trait": key, "op": "has_any", "value": values[0], "ignore_case": True})
    asked = [{"unit": "profile", "rule": {"any": rules}}] if rules else []
    return [writer.definition() for _ in range(EACH)] + asked


class Spy:
    """Runs queries on an engine, and reads each of them for hostile text that is no text."""

    def __init__(self, engine: Engine, dialect: str) -> None:
        self.engine = engine
        self.dialect = dialect
        self.queries = 0
        self.texts = 0

    def read(self, sql: str, *, comments: bool = False) -> None:
        assert MARK not in unquoted(sql, self.dialect, comments=comments), sql
        self.queries += 1
        self.texts += marks(sql)

    def check(self, case: Case) -> None:
        """What people read, and in DuckDB all that the registry itself runs."""
        definitions = hostile_definitions(case)
        for definition in definitions:
            world, zone = case.world, case.world.timezone
            expected = case.oracle.members(definition)
            parsed = parse(definition, case.catalogue, default_timezone=zone)
            written = to_sql(parsed, case.catalogue, world.as_of, self.dialect, default_timezone=zone)
            self.read(written, comments=True)
            assert sorted(self.engine.ids(written)) == sorted(expected), explain(definition, case, expected)
            if isinstance(self.engine, DuckEngine):
                self.read(compile_members(parsed, case.catalogue, world.as_of, default_timezone=zone).sql)
                self.read(compile_nodes(parsed, case.catalogue, world.as_of, default_timezone=zone).sql)
        if isinstance(self.engine, DuckEngine):
            planned = PlannedSets(self.engine, case.oracle, given=False)
            assert planned.members(definitions) == [case.oracle.members(one) for one in definitions]
            for query in planned.queries:
                self.read(query.sql)


def check(engine: Engine, dialect: str, worlds: range, printed: Print) -> None:
    """Random definitions about hostile worlds, run and read."""
    spy = Spy(engine, dialect)
    for seed in worlds:
        case = hostile_case(seed)
        engine.load(tables_of(case.world))
        spy.check(case)
    printed(f"{dialect}: {spy.queries} queries hold {spy.texts:,} hostile texts, 0 outside of literals and comments")
    assert spy.texts > 2 * spy.queries


def test_duckdb_reads_hostile_texts_as_texts(duck: DuckEngine, printed: Print) -> None:
    check(duck, "duckdb", range(20), printed)


def test_postgres_reads_hostile_texts_as_texts(postgres: PostgresEngine, printed: Print) -> None:
    check(postgres, "postgres", range(12), printed)


@pytest.mark.deep
def test_duckdb_reads_many_hostile_texts_as_texts(duck: DuckEngine, printed: Print) -> None:
    check(duck, "duckdb", range(1_000, 1_100), printed)


@pytest.mark.deep
def test_clickhouse_reads_hostile_texts_as_texts(clickhouse: ClickHouseEngine, printed: Print) -> None:
    check(clickhouse, "clickhouse", range(2_000, 2_040), printed)


@pytest.mark.deep
def test_spark_reads_hostile_texts_as_texts(spark: SparkEngine, printed: Print) -> None:
    check(spark, "spark", range(3_000, 3_015), printed)
