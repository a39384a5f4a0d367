"""The thread that asks one snapshot: the next query runs while the last answer is made into sets."""

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Final

import duckdb
import pyarrow as pa

from segments.engine import queries

A_MOMENT: Final = 0.05
"""Seconds after which a query is interrupted again that had not quite begun."""


class Asking:
    """Runs queries one after the other over a connection that nobody else uses meanwhile."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="engine")
        self._unfinished: set[Future[pa.Table]] = set()

    def ask(self, sql: str, relations: Mapping[str, pa.Table]) -> "Future[pa.Table]":
        """The rows, once they are there, or the `EngineError`; `relations` are tables that the query reads by name."""
        answer = self._thread.submit(self._rows, sql, relations)
        self._unfinished.add(answer)
        answer.add_done_callback(self._unfinished.discard)
        return answer

    def close(self) -> None:
        """Interrupts what is still running and waits for its end, so that the connection can be closed."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        while self._unfinished:
            self.connection.interrupt()
            wait(list(self._unfinished), timeout=A_MOMENT)
        self._thread.shutdown(wait=True)

    def _rows(self, sql: str, relations: Mapping[str, pa.Table]) -> pa.Table:
        for name, members in relations.items():
            self.connection.register(name, members)
        return queries.rows(self.connection, sql)
