"""Small tables of a snapshot are kept in memory where many queries read them."""

from collections.abc import Collection

import duckdb

from profiles.lake.files import quoted

FEWEST_QUERIES = 10
"""From so many queries on, reading the files once for all is worth it (measured: 14 ms per query become 6)."""

MOST_CELLS = 20_000_000
"""Rows times columns that may be kept, at most a few hundred megabytes; what is larger stays in its files."""


def keep_small(connection: duckdb.DuckDBPyConnection, tables: Collection[str]) -> None:
    """Replace the views of the smallest tables by their rows, within the limit."""
    cells = sorted((_cells(connection, name), name) for name in tables)
    left = MOST_CELLS
    for size, name in cells:
        left -= size
        if left < 0:
            return
        _keep(connection, name)


def _cells(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    view = connection.table(name)
    [[rows]] = view.count("*").fetchall()
    return int(rows) * len(view.columns)


def _keep(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    view, kept = quoted(name), quoted(f"_kept_{name}")  # no table of the layout begins with an underscore
    connection.execute(f"CREATE TEMP TABLE {kept} AS SELECT * FROM {view}")  # noqa: S608  names of the catalogue
    connection.execute(f"DROP VIEW {view}")
    connection.execute(f"ALTER TABLE {kept} RENAME TO {view}")
