"""Runs generated SQL over a world in a real engine."""

from typing import Any

import duckdb
import pyarrow as pa

from tests.rules.oracle.layout import Table

ARROW = {
    "id": pa.int64(),
    "text": pa.string(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "datetime": pa.timestamp("us", tz="UTC"),
    "list": pa.list_(pa.string()),
}


class DuckEngine:
    """One in-memory DuckDB; a world replaces the one before."""

    def __init__(self) -> None:
        self.connection = duckdb.connect(
            config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
        )
        for setting in ("enable_progress_bar = false", "preserve_insertion_order = false", "TimeZone = 'UTC'"):
            self.connection.execute(f"SET {setting}")
        self._loaded: list[str] = []

    def load(self, tables: list[Table]) -> None:
        for name in self._loaded:
            self.connection.unregister(name)
        self._loaded = [table.name for table in tables]
        for table in tables:
            self.connection.register(table.name, arrow(table))

    def ids(self, sql: str) -> list[int]:
        return [row[0] for row in self.rows(sql)]

    def rows(self, sql: str, parameters: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """By way of Arrow: fetching instants as Python objects needs a package that nothing else needs."""
        found = self.connection.sql(sql, params=parameters).to_arrow_table()
        return list(zip(*(column.to_pylist() for column in found.columns), strict=True))


def arrow(table: Table) -> pa.Table:
    columns = list(zip(*table.rows, strict=True)) if table.rows else [()] * len(table.columns)
    arrays = [pa.array(list(values), type=ARROW[kind]) for values, kind in zip(columns, table.columns.values(), strict=True)]
    return pa.table(arrays, names=list(table.columns))
