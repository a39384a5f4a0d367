"""The values of columns in DuckDB: how many are filled, how many differ, the most common, the lowest and highest."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import duckdb

from profiles.lake.files import quoted
from profiles.lake.layout import Column

COLUMNS_AT_ONCE = 40
"""Columns that one query aggregates: what bounds its memory on a table with hundreds of traits."""
TOP = 10
MOST_DIFFERENT = 5_000
"""With more different values than that the most common ones tell nothing: names, ids, amounts."""
FEWEST_HOLDERS = 3
"""A value that fewer have could point to a person."""
LONGEST_VALUE = 200
_RANGED = ("number", "datetime")
_RANGE = {
    "number": "{0}",
    "datetime": "strftime({0}, '%Y-%m-%dT%H:%M:%SZ')",
}


@dataclass(frozen=True, slots=True)
class Found:
    """What a table holds of one column; as `profiles.models.Values` says."""

    filled: int
    different: int
    lowest: str
    highest: str
    top: Sequence[tuple[str, int]]
    recent: int


def measure(
    duck: duckdb.DuckDBPyConnection,
    table: str,
    columns: Sequence[Column],
    *,
    where: str = "TRUE",
    recent: str = "FALSE",
) -> Mapping[str, Found]:
    """By the name of the column, of the rows that meet the SQL condition `where`; `recent` of them, those that meet
    this one too. Each column is read once for the aggregates and once more for its most common values."""
    found = {}
    for some in _portions(columns):
        parts = [part for column in some for part in _aggregates(column, recent)]
        row = duck.execute(f"SELECT {', '.join(parts)} FROM {quoted(table)} WHERE {where}").fetchone()  # noqa: S608
        assert row is not None  # aggregates answer one row
        for place, column in enumerate(some):
            filled, different, lowest, highest, fresh = row[5 * place : 5 * place + 5]
            top = _top(duck, table, column, where) if _has_top(column, different) else ()
            found[column.name] = Found(filled, different, _text(lowest), _text(highest), top, fresh)
    return found


def _aggregates(column: Column, recent: str) -> Iterator[str]:
    name = quoted(column.name)
    yield f"count({name})"
    yield f"approx_count_distinct({name})"
    for aggregate in ("min", "max"):
        ranged = column.type in _RANGED
        yield _RANGE[column.type].format(f"{aggregate}({name})") if ranged else "NULL"
    yield f"count({name}) FILTER (WHERE {recent})"


def _has_top(column: Column, different: int) -> bool:
    return column.type != "datetime" and 0 < different <= MOST_DIFFERENT


def _top(duck: duckdb.DuckDBPyConnection, table: str, column: Column, where: str) -> Sequence[tuple[str, int]]:
    """The most common values as text; of a list, the most common entries."""
    name = quoted(column.name)
    value = f"unnest({name})" if column.type == "list" else name
    rows = duck.execute(
        f"SELECT value::VARCHAR, count(*) AS number FROM"  # noqa: S608  names of the catalogue
        f" (SELECT {value} AS value FROM {quoted(table)} WHERE {where} AND {name} IS NOT NULL)"
        f" GROUP BY value HAVING count(*) >= {FEWEST_HOLDERS} ORDER BY number DESC, value LIMIT {TOP}"
    ).fetchall()
    return [(_shown(column, value), number) for value, number in rows]


def _shown(column: Column, value: str) -> str:
    """Whole numbers without ".0", and long texts cut off."""
    if column.type == "number":
        return value.removesuffix(".0")
    return value if len(value) <= LONGEST_VALUE else value[: LONGEST_VALUE - 1] + "…"


def _text(value: Any) -> str:
    return "" if value is None else str(value).removesuffix(".0")


def _portions(columns: Iterable[Column]) -> Iterator[Sequence[Column]]:
    rest = iter(columns)
    while some := tuple(islice(rest, COLUMNS_AT_ONCE)):
        yield some
