"""Generated SQL against the reference: the same members, for random definitions over random data."""

from collections.abc import Iterator
from random import Random

import psycopg
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rules.oracle.coverage import EXPECTED
from tests.rules.oracle.definitions import Writer
from tests.rules.oracle.engines import ClickHouseEngine, DuckEngine, PostgresEngine, SparkEngine
from tests.rules.oracle.layout import tables_of
from tests.rules.oracle.pairs import Tally, check_duckdb, check_seeds, draw_case

EACH = 6
calm = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def duck() -> DuckEngine:
    return DuckEngine()


@pytest.fixture
def postgres(db: None) -> Iterator[PostgresEngine]:
    database = connection.settings_dict
    with psycopg.connect(
        dbname=database["NAME"], user=database["USER"], password=database["PASSWORD"], host=database["HOST"]
    ) as opened:
        yield PostgresEngine(opened)
        opened.rollback()


def _check_world(duck: DuckEngine, seed: int, random: Random, tally: Tally) -> None:
    case = draw_case(seed)
    duck.load(tables_of(case.world))
    writer = Writer(random, case.world)
    for _ in range(EACH):
        check_duckdb(duck, case, writer.definition(), tally)


@pytest.mark.parametrize("part", range(3))
def test_duckdb_gives_the_members_that_the_reference_gives(duck: DuckEngine, part: int) -> None:
    """Three parts of 168 pairs or more, for the workers of one run."""
    tally = Tally()

    @settings(calm, max_examples=28, derandomize=True)
    @given(st.integers(part * 2**32, (part + 1) * 2**32 - 1), st.randoms(use_true_random=False))
    def check(seed: int, random: Random) -> None:
        _check_world(duck, seed, random, tally)

    check()
    print(tally.report("duckdb"))
    assert tally.pairs >= 28 * EACH
    assert tally.telling >= 0.6 * tally.pairs


def test_postgres_gives_the_members_that_the_reference_gives(postgres: PostgresEngine) -> None:
    tally = Tally()
    check_seeds(postgres, "postgres", range(20), EACH, tally)
    print(tally.report("postgres"))
    assert tally.pairs >= 100


@pytest.mark.deep
def test_duckdb_agrees_on_ten_thousand_pairs_that_cover_the_language(duck: DuckEngine) -> None:
    tally = Tally()

    @settings(calm, max_examples=1700)
    @given(st.integers(0, 2**32), st.integers(0, 2**32))
    def check(seed: int, other: int) -> None:
        _check_world(duck, seed, Random(other), tally)

    check()
    print(tally.report("duckdb"))
    assert tally.pairs >= 10_000
    assert tally.telling >= 0.6 * tally.pairs
    assert {one: tally.found[one] for one in EXPECTED if tally.found[one] < 50} == {}


@pytest.mark.deep
def test_postgres_agrees_on_a_large_sample(postgres: PostgresEngine) -> None:
    tally = Tally()
    check_seeds(postgres, "postgres", range(1_000, 1_350), EACH, tally)
    print(tally.report("postgres"))
    assert tally.pairs >= 2_000


@pytest.mark.deep
def test_clickhouse_agrees_on_a_sample() -> None:
    sessions = pytest.importorskip("chdb.session", reason="needs the extra `clickhouse`")
    tally = Tally()
    check_seeds(ClickHouseEngine(sessions.Session()), "clickhouse", range(2_000, 2_085), EACH, tally)
    print(tally.report("clickhouse"))
    assert tally.pairs >= 500


@pytest.mark.deep
def test_spark_agrees_on_a_sample() -> None:
    sql = pytest.importorskip("pyspark.sql", reason="needs the extra `spark`")
    builder = sql.SparkSession.builder.master("local[2]")
    for name, value in (
        ("spark.ui.enabled", "false"),
        ("spark.sql.shuffle.partitions", "1"),
        ("spark.sql.adaptive.enabled", "false"),
        ("spark.sql.session.timeZone", "America/New_York"),
    ):
        builder = builder.config(name, value)
    tally = Tally()
    check_seeds(SparkEngine(builder.getOrCreate()), "spark", range(3_000, 3_085), EACH, tally)
    print(tally.report("spark"))
    assert tally.pairs >= 500
