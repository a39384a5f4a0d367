"""The engine by itself: limits, and what it says when it can't."""

import pytest

from profiles.lake.connection import connect
from segments.engine import EngineError, queries

SLOW = "SELECT count(*) AS id FROM range(1000000) AS a, range(1000000) AS b WHERE hash(a.range + b.range) % 7 = 1"


def test_a_query_that_takes_too_long_is_interrupted() -> None:
    with connect() as duck, pytest.raises(EngineError) as failed:
        queries.rows(duck, SLOW, seconds=0.2)
    assert failed.value.code == "timeout"
    assert "0.2 seconds" in failed.value.message
    assert not failed.value.lasting


def test_a_connection_is_of_use_after_an_interrupted_query() -> None:
    with connect() as duck:
        with pytest.raises(EngineError):
            queries.rows(duck, SLOW, seconds=0.2)
        assert queries.rows(duck, "SELECT 7::BIGINT AS id").to_pylist() == [{"id": 7}]


def test_a_query_that_needs_too_much_memory_says_so() -> None:
    with connect() as duck:
        duck.execute("SET memory_limit = '20MB'; SET max_temp_directory_size = '1MB'")
        with pytest.raises(EngineError) as failed:
            queries.rows(duck, "SELECT list(range) AS id FROM range(50000000)")
    assert failed.value.code == "out_of_memory"


def test_what_duckdb_refuses_is_told_with_its_reason() -> None:
    with connect() as duck, pytest.raises(EngineError) as failed:
        queries.rows(duck, "SELECT id FROM nowhere")
    assert failed.value.code == "query_refused"
    assert "nowhere" in failed.value.message
