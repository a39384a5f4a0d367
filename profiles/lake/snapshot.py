"""Snapshots: the exact state of all customers and events at one moment, as views in DuckDB (I1)."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import duckdb
import pyarrow as pa

from lib import clock, failpoints
from profiles.lake import delta, files, readers, rows
from profiles.lake.connection import connect
from profiles.lake.files import quoted
from profiles.lake.layout import ACCOUNTS, USERS, Column, Layout, load_layouts, month_of
from profiles.lake.state import one_state
from profiles.models import LakeTable, ReaderLease, StagedFile

POINTS = failpoints.declare("snapshot.leased")


@dataclass(frozen=True, slots=True)
class TableScan:
    """What is needed of a table: the columns of these traits or properties (the layout's own are always there), and
    of events those at or after `start` and before `end`, at least."""

    columns: frozenset[str] = frozenset()
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`connection` has a view for each table of the scan; `as_of` is the instant at which rules are decided."""

    connection: duckdb.DuckDBPyConnection
    as_of: datetime


@dataclass(frozen=True, slots=True)
class _Table:
    """One table as Postgres describes it in one state."""

    layout: Layout
    columns: tuple[Column, ...]
    scan: TableScan | None
    version: int | None
    staged: tuple[tuple[str, str], ...]
    overlay: pa.Table

    def paths(self) -> list[str]:
        """The files to read: of the pointed version and staged, within the months of the scan."""
        named = delta.files(self.layout.name, self.version).items() if self.version is not None else ()
        return [path for path, partition in (*named, *self.staged) if self._needs(partition)]

    def _needs(self, partition: str) -> bool:
        if self.layout.partition != "month" or self.scan is None:
            return True
        begins = self.scan.start is None or partition >= month_of(self.scan.start)
        return begins and (self.scan.end is None or partition <= month_of(self.scan.end))


@dataclass(frozen=True, slots=True)
class _State:
    """What one transaction has read."""

    as_of: datetime
    tables: list[_Table]
    lease: ReaderLease = field(repr=False)


_Answer = TypeVar("_Answer")


@contextmanager
def open_snapshot(scan: Mapping[str, TableScan] | None = None, as_of: datetime | None = None) -> Iterator[Snapshot]:
    """The exact state of this moment: the lake at the pointed versions, staged files, and the rows that only Postgres
    has. Views are named as the tables of the layout; those that `scan` does not name are not there (None: all are).

    `as_of` defaults to the database's clock in the transaction that reads the state. Not to be opened within a
    transaction. Raises `KeyError` for a table that the catalogue does not have.
    """
    with ExitStack() as stack:
        try:
            opened = _open(stack, scan, as_of)
        except duckdb.IOException:  # a file went between reading the pointers and taking the lease: read them again
            stack.close()
            opened = _open(stack, scan, as_of)
        yield opened


def read_snapshot(
    work: Callable[[Snapshot], _Answer],
    scan: Mapping[str, TableScan] | None = None,
    as_of: datetime | None = None,
) -> _Answer:
    """What `work` answers on a snapshot. If a file is missing, once more on a new one: the process was paused for
    longer than its lease."""
    try:
        with open_snapshot(scan, as_of) as snapshot:
            return work(snapshot)
    except duckdb.IOException:
        with open_snapshot(scan, as_of) as snapshot:
            return work(snapshot)


def _open(stack: ExitStack, scan: Mapping[str, TableScan] | None, as_of: datetime | None) -> Snapshot:
    state = _read_state(scan, as_of)
    failpoints.reach("snapshot.leased")
    stack.enter_context(readers.kept(state.lease))
    connection = stack.enter_context(connect())
    for table in state.tables:
        _make_view(connection, table)
    return Snapshot(connection, state.as_of)


def _read_state(scan: Mapping[str, TableScan] | None, as_of: datetime | None) -> _State:
    with one_state():
        moment = clock.now()
        layouts = load_layouts()
        wanted: Mapping[str, TableScan | None] = dict.fromkeys(layouts) if scan is None else scan
        versions = dict(LakeTable.objects.filter(name__in=wanted).values_list("name", "version"))
        staged = _staged_files(list(wanted))
        tables = [
            _read_table(layouts[name], only, versions.get(name), tuple(staged.get(name, ())))
            for name, only in wanted.items()
        ]
        return _State(as_of or moment, tables, readers.take(versions))


def _staged_files(tables: list[str]) -> dict[str, list[tuple[str, str]]]:
    staged: dict[str, list[tuple[str, str]]] = {}
    for table, path, month in StagedFile.objects.filter(table__in=tables).values_list("table", "path", "month"):
        staged.setdefault(table, []).append((path, month))
    return staged


def _read_table(
    layout: Layout, scan: TableScan | None, version: int | None, staged: tuple[tuple[str, str], ...]
) -> _Table:
    columns = layout.columns if scan is None else layout.only(scan.columns)
    overlay = rows.changed_rows if layout.name in (USERS, ACCOUNTS) else rows.tail_rows
    return _Table(layout, columns, scan, version, staged, overlay(layout, columns))


def _make_view(connection: duckdb.DuckDBPyConnection, table: _Table) -> None:
    name, paths = table.layout.name, table.paths()
    names = ", ".join(quoted(column.name) for column in table.columns)
    parts = []
    if paths:
        lake = files.read(name, paths, {column.name: column.duckdb_type for column in table.columns})
        parts.append(f"SELECT {names} FROM {lake}")  # noqa: S608  names of the catalogue
    if table.overlay.num_rows or not parts:
        overlay = quoted(f"{name} overlay")
        connection.register(f"{name} overlay", table.overlay)
        replaces = "present" in table.overlay.column_names
        if parts and replaces:
            parts[0] += f" ANTI JOIN {overlay} USING (id)"
        parts.append(f"SELECT {names} FROM {overlay}" + (" WHERE present" if replaces else ""))  # noqa: S608  likewise
    connection.execute(f"CREATE TEMP VIEW {quoted(name)} AS {' UNION ALL '.join(parts)}")
