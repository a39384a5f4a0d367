"""The thread that asks one snapshot: the next query runs while the last answer is made into sets."""

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor

import duckdb
import pyarrow as pa

from segments.engine import queries


class Asking:
    """Runs queries one after the other over a connection that nobody else uses meanwhile."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="engine")

    def ask(self, sql: str, relations: Mapping[str, pa.Table]) -> "Future[pa.Table]":
        """The rows, once they are there, or the `EngineError`; `relations` are tables that the query reads by name."""
        return self._thread.submit(self._rows, sql, relations)

    def close(self) -> None:
        """Interrupts what is still running and waits for its end, so that the connection can be closed."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        self.connection.interrupt()
        self._thread.shutdown(wait=True)

    def _rows(self, sql: str, relations: Mapping[str, pa.Table]) -> pa.Table:
        for name, members in relations.items():
            self.connection.register(name, members)
        return queries.rows(self.connection, sql)
