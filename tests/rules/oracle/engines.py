"""Runs generated SQL over a world in real engines."""

import json
from typing import Any, Protocol

import duckdb
import psycopg
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


class Engine(Protocol):
    """Runs SQL over a world."""

    def load(self, tables: list[Table]) -> None: ...
    def ids(self, sql: str) -> list[int]: ...


class DuckEngine:
    """One in-memory DuckDB; a world replaces the one before."""

    def __init__(self) -> None:
        self.connection = duckdb.connect(
            config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
        )
        for setting in (
            "enable_progress_bar = false",
            "preserve_insertion_order = false",
            "threads = 1",
            "TimeZone = 'UTC'",
        ):
            self.connection.execute(f"SET {setting}")
        self._loaded: list[str] = []

    def load(self, tables: list[Table]) -> None:
        for name in self._loaded:
            self.connection.unregister(name)
        self._loaded = []
        for table in tables:
            self.add(table)

    def add(self, table: Table) -> None:
        """One table more in the world that is loaded."""
        self._loaded.append(table.name)
        self.connection.register(table.name, arrow(table))

    def ids(self, sql: str) -> list[int]:
        return [row[0] for row in self.rows(sql)]

    def rows(self, sql: str, parameters: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self.table(sql, parameters)[1]

    def table(self, sql: str, parameters: dict[str, Any] | None = None) -> tuple[list[str], list[tuple[Any, ...]]]:
        """The names of the columns, and the rows.

        By way of Arrow: fetching instants as Python objects needs a package that nothing else needs.
        """
        found = self.connection.sql(sql, params=parameters).to_arrow_table()
        return found.column_names, list(zip(*(column.to_pylist() for column in found.columns), strict=True))


def arrow(table: Table) -> pa.Table:
    columns = list(zip(*table.rows, strict=True)) if table.rows else [()] * len(table.columns)
    arrays = [
        pa.array(list(values), type=ARROW[kind]) for values, kind in zip(columns, table.columns.values(), strict=True)
    ]
    return pa.table(arrays, names=list(table.columns))


POSTGRES = {
    "id": "bigint",
    "text": "text",
    "number": "double precision",
    "boolean": "boolean",
    "datetime": "timestamptz",
    "list": "text[]",
}


class PostgresEngine:
    """A schema of its own in a real PostgreSQL; nothing is ever committed."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection

    def load(self, tables: list[Table]) -> None:
        self.connection.rollback()
        self.connection.execute("CREATE SCHEMA world")
        self.connection.execute("SET LOCAL search_path = world")
        for table in tables:
            columns = ", ".join(f'"{name}" {POSTGRES[kind]}' for name, kind in table.columns.items())
            self.connection.execute(f'CREATE TABLE "{table.name}" ({columns})')
            with self.connection.cursor().copy(f'COPY "{table.name}" FROM STDIN') as copy:
                for row in table.rows:
                    copy.write_row(row)

    def ids(self, sql: str) -> list[int]:
        return [row[0] for row in self.connection.execute(sql)]


CLICKHOUSE = {
    "id": "Int64",
    "text": "String",
    "number": "Float64",
    "boolean": "Bool",
    "datetime": "DateTime64(6, 'UTC')",
    "list": "String",
}


class ClickHouseEngine:
    """ClickHouse in this process; `session` is one of `chdb.session`."""

    def __init__(self, session: Any) -> None:
        self.session = session

    def load(self, tables: list[Table]) -> None:
        self.session.query("DROP DATABASE IF EXISTS world")
        self.session.query("CREATE DATABASE world")
        self.session.query("USE world")
        for table in tables:
            columns = ", ".join(f'"{name}" Nullable({CLICKHOUSE[kind]})' for name, kind in table.columns.items())
            self.session.query(f'CREATE TABLE "{table.name}" ({columns}) ENGINE = Memory')
            rows = "\n".join(json.dumps(_json_row(table, row)) for row in table.rows)
            if rows:
                self.session.query(f'INSERT INTO "{table.name}" FORMAT JSONEachRow\n{rows}')

    def ids(self, sql: str) -> list[int]:
        return [int(line) for line in self.session.query(sql, "TSV").bytes().split()]


def _json_row(table: Table, row: tuple[Any, ...]) -> dict[str, Any]:
    values = {}
    for (name, kind), value in zip(table.columns.items(), row, strict=True):
        if kind == "datetime" and value is not None:
            value = value.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
        if kind == "list" and value is not None:
            value = json.dumps(value)
        values[name] = value
    return values


class SparkEngine:
    """Spark in local mode; `session` is a SparkSession."""

    def __init__(self, session: Any) -> None:
        self.session = session

    def load(self, tables: list[Table]) -> None:
        for table in tables:
            self.session.createDataFrame(arrow(table)).createOrReplaceTempView(table.name)

    def ids(self, sql: str) -> list[int]:
        return [row[0] for row in self.session.sql(sql).collect()]
