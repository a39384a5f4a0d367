"""Compaction: the many small files of a month become one, sorted by person.

`users` and `accounts` need none: each copy leaves one file per bucket, and an import a few more until the next copy.
"""

from collections import defaultdict
from datetime import timedelta

import duckdb
from deltalake import DeltaTable
from deltalake.exceptions import CommitFailedError
from django.db import transaction

from lib import clock, failpoints
from profiles.lake import delta, files, flush
from profiles.lake.connection import connect
from profiles.lake.files import LakeFile, quoted
from profiles.lake.layout import Layout, load_layouts
from profiles.lake.writer import Writer, exclusive

MOST_FILES = 50
FEW_FILES = 4
SETTLED = timedelta(minutes=1)
"""A month that no file has come to for so long is merged from `FEW_FILES` on: that is what an import leaves."""

POINTS = failpoints.declare("compact.written", "compact.committed", "compact.closing", "compact.closed")


def compact(*, most_files: int = MOST_FILES, wait: float = flush.WAIT_SECONDS) -> int:
    """Rewrite each month of a table that has `most_files` or more files as one, or that has settled with a few;
    answers how many months.

    Raises `LakeBusyError` when another process writes the lake for longer than `wait` seconds.
    """
    with exclusive(wait=wait) as writer, connect() as duck:
        flush.finish_open(writer)
        layouts = [layout for layout in load_layouts().values() if layout.partition == "month"]
        return sum(_compact_table(writer, duck, layout, most_files) for layout in layouts)


def _compact_table(writer: Writer, duck: duckdb.DuckDBPyConnection, layout: Layout, most_files: int) -> int:
    handle = delta.newest(layout)
    if handle is None:
        return 0
    settled = _settled(handle)
    crowded = [
        month
        for month, paths in sorted(_by_month(handle).items())
        if len(paths) >= (FEW_FILES if month in settled else most_files)
    ]
    return sum(_compact_month(writer, duck, layout, month) for month in crowded)


def _by_month(handle: DeltaTable) -> dict[str, list[str]]:
    by_month = defaultdict(list)
    for path, month in delta.files_of(handle).items():
        by_month[month].append(path)
    return by_month


def _settled(handle: DeltaTable) -> set[str]:
    """The months whose newest file was named a while ago."""
    border = (clock.now() - SETTLED).timestamp() * 1000
    return {month for month, moment in delta.newest_additions(handle).items() if moment < border}


def _compact_month(writer: Writer, duck: duckdb.DuckDBPyConnection, layout: Layout, month: str) -> int:
    writer.keep()
    handle = delta.open_latest(layout)
    old = _by_month(handle)[month]
    merged = _merge(duck, delta.layout_of(handle, layout), month, old)
    failpoints.reach("compact.written")
    writer.keep()
    try:
        version = delta.commit(handle, layout, add=[merged] if merged else [], remove=old)
    except CommitFailedError:
        return 0  # a writer that had lost its lease was faster; the next compaction sees what it did
    failpoints.reach("compact.committed")
    with transaction.atomic():
        writer.advance({layout.name: version})
        failpoints.reach("compact.closing")
    failpoints.reach("compact.closed")
    return 1


def _merge(duck: duckdb.DuckDBPyConnection, layout: Layout, month: str, old: list[str]) -> LakeFile | None:
    names = ", ".join(quoted(column.name) for column in layout.columns)
    lake = files.read(layout.name, old, {column.name: column.duckdb_type for column in layout.columns})
    return files.write(duck, layout, month, f"SELECT {names} FROM {lake}")  # noqa: S608  names of the lake's schema
