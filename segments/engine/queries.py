"""One query on DuckDB: to its rows within a time limit, and its errors in words."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Timer

import duckdb
import pyarrow as pa

from segments.engine.jobs import EngineError

LAKE_UNREADABLE = "lake_unreadable"
SECONDS = 120.0
"""A query that takes longer is interrupted: far above what a definition needs, below a task's time limit."""


def rows(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    parameters: Mapping[str, object] | None = None,
    *,
    seconds: float = SECONDS,
) -> pa.Table:
    """All columns of a query, whose parameters are given by name.

    Raises `EngineError` for what DuckDB refuses and for what takes too long.
    """
    with _limited(connection, seconds), _in_words(seconds):
        return connection.sql(sql, params=parameters).to_arrow_table()


@contextmanager
def _limited(connection: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    alarm = Timer(seconds, connection.interrupt)
    alarm.daemon = True
    alarm.start()
    try:
        yield
    finally:
        alarm.cancel()


@contextmanager
def _in_words(seconds: float) -> Iterator[None]:
    try:
        yield
    except duckdb.InterruptException as error:
        message = (
            f"The query took longer than {seconds:g} seconds and was stopped. Shorten its windows, split the "
            "definition into segments, or give the engine more threads (ENGINE_THREADS)."
        )
        raise EngineError("timeout", message) from error
    except duckdb.OutOfMemoryException as error:
        message = (
            "The query needed more memory than the engine may use. Shorten its windows, or raise ENGINE_MEMORY_MB."
        )
        raise EngineError("out_of_memory", message) from error
    except duckdb.IOException as error:
        raise lake_unreadable(error) from error
    except duckdb.Error as error:
        message = (
            f"The engine refused the query ({_first_line(error)}). This is a mistake of the registry: report it "
            "with the definition."
        )
        raise EngineError("query_refused", message) from error


def lake_unreadable(error: Exception) -> EngineError:
    """For a snapshot that can't be opened, and for a file that is not there or is damaged."""
    message = (
        f"The lake could not be read ({_first_line(error)}). A new snapshot may do better; if it goes on, check the "
        "disk and the folder of LAKE_URL."
    )
    return EngineError(LAKE_UNREADABLE, message)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
