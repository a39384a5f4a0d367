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
from tests.rules.oracle.worlds import draw_world
from tests.rules.spy import MARK, as_pattern, marks, spoil, unquoted

EACH = 4
Print = Callable[[str], None]


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
        values = [value for value in (profile.traits.get(key) for profile in world.profiles) if value]
        if kind == "text" and values:
            text = next(value for value in values if isinstance(value, str))
            ways = {"eq": text, "in": [text], "contains": text[1:], "starts_with": text[:-1], "ends_with": text[1:]}
            rules += [{"trait": key, "op": op, "value": value} for op, value in ways.items()]
            if len(as_pattern(text)) <= 200:
                rules.append({"trait": key, "op": "matches", "value": as_pattern(text)})
        if kind == "list" and values:
            rules.append({"trait": key, "op": "has_any", "value": values[0], "ignore_case": True})
    asked = [{"unit": "profile", "rule": {"any": rules}}] if rules else []
    return [writer.definition() for _ in range(EACH)] + asked


def check(engine: Engine, dialect: str, worlds: range, printed: Print) -> None:
    """Runs definitions and reads every query that is run."""
    queries = texts = 0
    for seed in worlds:
        case = hostile_case(seed)
        world = case.world
        engine.load(tables_of(world))
        for definition in hostile_definitions(case):
            parsed = parse(definition, case.catalogue, default_timezone=world.timezone)
            expected = sorted(case.oracle.members(definition))
            written = to_sql(parsed, case.catalogue, world.as_of, dialect, default_timezone=world.timezone)
            run = [(written, True)]
            if dialect == "duckdb":
                members = compile_members(parsed, case.catalogue, world.as_of, default_timezone=world.timezone)
                nodes = compile_nodes(parsed, case.catalogue, world.as_of, default_timezone=world.timezone)
                run += [(members.sql, False), (nodes.sql, False)]
            assert sorted(engine.ids(written)) == expected, explain(definition, case, set(expected))
            for sql, comments in run:
                assert MARK not in unquoted(sql, dialect, comments=comments), sql
                texts += marks(sql)
            queries += len(run)
    printed(f"{dialect}: {queries} queries hold {texts:,} hostile texts, 0 outside of literals and comments")
    assert texts > 2 * queries


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
