"""The engine by itself: limits, and what it says when it can't."""

from contextlib import closing

import pyarrow as pa
import pytest

from profiles.lake.connection import connect
from segments.engine import EngineError, queries
from segments.engine.asking import Asking

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


def test_queries_are_answered_in_their_order_and_read_the_members_that_they_are_given() -> None:
    given = [pa.table({"id": [number]}) for number in range(3)]
    with connect() as duck, closing(Asking(duck)) as asking:
        answers = [asking.ask("SELECT id FROM _members_1", {"_members_1": members}) for members in given]
        assert [answer.result().to_pylist() for answer in answers] == [[{"id": number}] for number in range(3)]


def test_whoever_leaves_early_stops_the_query_that_runs_and_drops_those_that_wait() -> None:
    with connect() as duck:
        with closing(Asking(duck)) as asking:
            running, waiting = asking.ask(SLOW, {}), asking.ask(SLOW, {})
        assert isinstance(running.exception(), EngineError)
        assert waiting.cancelled()
        assert queries.rows(duck, "SELECT 7::BIGINT AS id").to_pylist() == [{"id": 7}]
