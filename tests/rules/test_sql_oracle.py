"""Generated SQL against the reference: the same members, for random definitions over random data."""

from collections.abc import Callable
from itertools import count
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rules.oracle.engines import ClickHouseEngine, DuckEngine, Engine, PostgresEngine, SparkEngine
from tests.rules.oracle.pairs import Tally, check_world, new_seed

EACH = 6
OFTEN = 50
"""How often each production, operator, flag, measure, window and border has to occur in the deep run."""
calm = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))
Print = Callable[[str], None]


@pytest.mark.parametrize("part", range(3))
def test_duckdb_gives_the_members_that_the_reference_gives(duck: DuckEngine, part: int, printed: Print) -> None:
    """Three parts of 168 pairs or more, for the workers of one run; a difference shrinks."""
    tally = Tally("duckdb")

    @settings(calm, max_examples=28, derandomize=True)
    @given(st.integers(part * 2**32, (part + 1) * 2**32 - 1), st.randoms(use_true_random=False))
    def check(seed: int, random: Random) -> None:
        check_world(duck, seed, EACH, tally, random)

    check()
    printed(tally.summary)
    assert tally.pairs >= 28 * EACH
    assert tally.telling >= 0.6 * tally.pairs


def test_postgres_gives_the_members_that_the_reference_gives(postgres: PostgresEngine, printed: Print) -> None:
    tally = Tally("postgres")
    for seed in range(20):
        check_world(postgres, seed, EACH, tally)
    printed(tally.summary)
    assert tally.pairs == 20 * EACH


@pytest.mark.deep
def test_duckdb_agrees_on_ten_thousand_pairs_that_cover_the_language(duck: DuckEngine, printed: Print) -> None:
    """A few worlds more where something has not occurred often enough by then."""
    tally = Tally("duckdb")
    for seed in count(new_seed()):
        check_world(duck, seed, EACH, tally)
        if tally.pairs >= 15_000 or (tally.pairs >= 10_000 and not tally.rarest(OFTEN)):
            break
    printed(tally.summary)
    for line in tally.coverage():
        printed(line)
    assert tally.telling >= 0.6 * tally.pairs
    assert tally.rarest(OFTEN) == {}


def check_sample(engine: Engine, name: str, worlds: int, printed: Print) -> None:
    """At least so many worlds, with six definitions each that the dialect can say."""
    tally = Tally(name)
    for seed in count(new_seed()):
        check_world(engine, seed, EACH, tally)
        if tally.pairs >= worlds * EACH:
            break
    printed(tally.summary)
    assert tally.refused == 0
    assert tally.telling >= 0.6 * tally.pairs


@pytest.mark.deep
def test_postgres_agrees_on_a_large_sample(postgres: PostgresEngine, printed: Print) -> None:
    check_sample(postgres, "postgres", 350, printed)


@pytest.mark.deep
def test_clickhouse_agrees_on_a_sample(clickhouse: ClickHouseEngine, printed: Print) -> None:
    check_sample(clickhouse, "clickhouse", 200, printed)


@pytest.mark.deep
def test_spark_agrees_on_a_sample(spark: SparkEngine, printed: Print) -> None:
    check_sample(spark, "spark", 85, printed)
