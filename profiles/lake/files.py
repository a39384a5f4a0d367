"""Parquet files of the lake: written whole and durable before anything names them, and never changed."""

import os
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings

from profiles.lake.connection import connect
from profiles.lake.layout import BUCKET_BITS, Layout, month_of


@dataclass(frozen=True, slots=True)
class LakeFile:
    """A file of one table: its path below the table's folder, its partition's value, its size in bytes, and the
    statistics that the Delta log keeps of it."""

    path: str
    partition: str
    size: int
    stats: dict[str, Any]


def folder(table: str) -> Path:
    """Where a table lies."""
    return Path(settings.LAKE_URL) / table


def write(connection: duckdb.DuckDBPyConnection, layout: Layout, partition: str, query: str) -> LakeFile | None:
    """Write what `query` answers as one sorted file of a partition; None, and no file, when that is nothing.

    The file is on disk when this returns, but nothing names it yet: until something does, vacuum may take it away.
    """
    path = f"{layout.partition}={partition}/{uuid.uuid4()}.parquet"
    target = folder(layout.name) / path
    _make_folder(target.parent)
    answer = connection.execute(
        f"COPY ({query} ORDER BY {quoted(layout.order)}) TO {literal(str(target))}"
        " (FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, RETURN_STATS true)"
    ).fetchone()
    assert answer is not None  # RETURN_STATS answers one row per file
    _, rows, size, _, statistics, *_ = answer
    if not rows:
        target.unlink()
        return None
    _make_durable(target)
    _make_durable(target.parent)
    return LakeFile(path, partition, size, _delta_stats(layout, rows, statistics))


def write_rows(connection: duckdb.DuckDBPyConnection, layout: Layout, rows: pa.Table) -> list[LakeFile]:
    """Write rows of one table, given as Arrow columns of the layout, as one file per partition."""
    connection.register("rows", rows)
    values = ", ".join(
        f"CAST({quoted(column.name) if column.name in rows.column_names else 'NULL'} AS {column.duckdb_type})"
        f" AS {quoted(column.name)}"
        for column in layout.only(rows.column_names)
    )
    written = [
        write(connection, layout, partition, f"SELECT {values} FROM rows WHERE {condition}")  # noqa: S608  catalogue's
        for partition, condition in _partitions(layout, rows)
    ]
    connection.unregister("rows")
    return [file for file in written if file is not None]


def _partitions(layout: Layout, rows: pa.Table) -> list[tuple[str, str]]:
    """The partitions that some rows fall into: value, and which rows in SQL."""
    if layout.partition == "bucket":
        buckets = pc.shift_right(rows.column("id"), BUCKET_BITS).unique().to_pylist()
        return [(str(bucket), f"id >> {BUCKET_BITS} = {bucket}") for bucket in sorted(buckets)]
    return [
        (month_of(month), f'"timestamp" >= {instant(month)} AND "timestamp" < {instant(_next(month))}')
        for month in _months(rows.column("timestamp"))
    ]


def quoted(name: str) -> str:
    """An identifier in SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text in SQL."""
    return "'" + text.replace("'", "''") + "'"


def instant(moment: datetime) -> str:
    """An instant in SQL."""
    return f"TIMESTAMP WITH TIME ZONE '{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}+00'"


def hides(layout: Layout) -> str:
    """Which events of a table nobody sees, as a condition in SQL; the table has some (`Layout.hidden`)."""
    moments = [(literal(name), instant(moment)) for name, moment in layout.hidden]
    if layout.event is not None:
        return f'"timestamp" < {moments[0][1]}'
    return " OR ".join(f'(event = {name} AND "timestamp" < {moment})' for name, moment in moments)


def read(table: str, paths: Iterable[str], columns: Mapping[str, str]) -> str:
    """A table in SQL: exactly these files (at least one), with exactly these columns, name → DuckDB type.

    A file that is older than a column has NULL. Files that have the same of these columns are read together, without
    stating their schema: DuckDB then knows how many rows there are, and in which order to join them. Raises
    `duckdb.IOException` for a file that is gone.
    """
    alike: dict[frozenset[str], list[str]] = defaultdict(list)
    for path in paths:
        whole = str(folder(table) / path)
        alike[_columns_of(whole).intersection(columns)].append(whole)
    return "(" + " UNION ALL ".join(_read_alike(some, columns, there) for there, some in alike.items()) + ")"


def _read_alike(paths: Iterable[str], columns: Mapping[str, str], there: frozenset[str]) -> str:
    values = ", ".join(
        quoted(name) if name in there else f"CAST(NULL AS {kind}) AS {quoted(name)}" for name, kind in columns.items()
    )
    names = ", ".join(literal(_unglobbed(path)) for path in paths)
    return f"SELECT {values} FROM read_parquet([{names}], hive_partitioning = false)"  # noqa: S608  catalogue's


@lru_cache(maxsize=16_384)  # a file never changes
def _columns_of(path: str) -> frozenset[str]:
    """The columns of a file; DuckDB remembers the footer that it reads for this."""
    with connect() as duck:
        found = duck.execute(f"FROM read_parquet({literal(_unglobbed(path))}, hive_partitioning = false) LIMIT 0")
        return frozenset(column[0] for column in found.description or ())


def _unglobbed(path: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in path)


def _months(timestamps: pa.ChunkedArray) -> list[datetime]:
    wall = timestamps.cast(pa.timestamp("us"))  # UTC without saying so: Arrow then needs no time zone files
    numbers = pc.add(pc.multiply(pc.year(wall), 12), pc.subtract(pc.month(wall), 1)).unique().to_pylist()
    return [datetime(number // 12, number % 12 + 1, 1, tzinfo=UTC) for number in sorted(numbers)]


def _next(month: datetime) -> datetime:
    return (month + timedelta(days=31)).replace(day=1)


def _delta_stats(layout: Layout, rows: int, statistics: dict[str, dict[str, str]]) -> dict[str, Any]:
    measured = {
        column: statistics[quoted(column.name)]
        for column in layout.columns
        if column.name in layout.measured and quoted(column.name) in statistics
    }
    return {
        "numRecords": rows,
        **{
            kind: {
                column.name: _delta_value(column.type, numbers[name])
                for column, numbers in measured.items()
                if name in numbers
            }
            for kind, name in (("minValues", "min"), ("maxValues", "max"))
        },
        "nullCount": {column.name: int(numbers["null_count"]) for column, numbers in measured.items()},
    }


def _delta_value(kind: str, text: str) -> int | str:
    if kind == "id":
        return int(text)
    return f"{datetime.fromisoformat(text).astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def _make_folder(partition: Path) -> None:
    if not partition.is_dir():
        partition.mkdir(parents=True, exist_ok=True)
        for each in (partition.parent, partition.parent.parent):
            _make_durable(each)


def _make_durable(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
