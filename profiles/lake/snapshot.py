"""Snapshots: the exact state of all customers and events at one moment, as views in DuckDB (I1)."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import duckdb
import pyarrow as pa
from django.db import connection
from pyroaring import BitMap64

from lib import clock, failpoints
from profiles.lake import delta, files, narrowing, overlay, readers, redirects, rows
from profiles.lake.connection import connect
from profiles.lake.files import quoted
from profiles.lake.layout import ACCOUNTS, USERS, Column, Layout, load_layouts, month_of
from profiles.lake.overlay import Visible
from profiles.lake.state import one_state

POINTS = failpoints.declare("snapshot.leased")
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class TableScan:
    """What is needed of a table: the columns of these traits or properties (the layout's own are always there), and
    of events those at or after `start` and before `end`, at least."""

    columns: frozenset[str] = frozenset()
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Only:
    """A snapshot of these profiles and companies alone, and of the events that are theirs.

    Whoever asks about members of both units names all the people of each company, and the company of each person.
    """

    profiles: BitMap64
    companies: BitMap64


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

    @property
    def asked(self) -> tuple[Column, ...]:
        """The columns that are needed: where rows are copied, no others are worth reading."""
        if self.scan is None:
            return self.columns
        return tuple(column for column in self.columns if column.name in self.scan.columns)

    @property
    def is_of_events(self) -> bool:
        """Whether the rows are events, and not profiles or companies."""
        return self.layout.partition == "month"

    @property
    def reads_companies(self) -> bool:
        """Whether events are asked for by the company that they name."""
        return self.scan is None or "account_id" in self.scan.columns

    def _needs(self, partition: str) -> bool:
        if not self.is_of_events or self.scan is None:
            return True
        begins = self.scan.start is None or partition >= month_of(self.scan.start)
        return begins and (self.scan.end is None or partition <= month_of(self.scan.end - _MOMENT))


@dataclass(frozen=True, slots=True)
class _State:
    """What one transaction has read."""

    as_of: datetime
    tables: list[_Table]
    redirects: pa.Table
    lease: int


_Answer = TypeVar("_Answer")


@contextmanager
def open_snapshot(
    scan: Mapping[str, TableScan] | None = None, as_of: datetime | None = None, only: Only | None = None
) -> Iterator[Snapshot]:
    """The exact state of this moment: the lake at the pointed versions, staged files, and the rows that only Postgres
    has. Views are named as the tables of the layout; those that `scan` does not name are not there (None: all are).

    `as_of` defaults to the database's clock in the transaction that reads the state. Not to be opened within a
    transaction. Raises `KeyError` for a table that the catalogue does not have.
    """
    with ExitStack() as stack:
        try:
            opened = _open(stack, scan, as_of, only)
        except duckdb.IOException:  # a file went between reading the pointers and taking the lease: read them again
            stack.close()
            opened = _open(stack, scan, as_of, only)
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


def _open(
    stack: ExitStack, scan: Mapping[str, TableScan] | None, as_of: datetime | None, only: Only | None
) -> Snapshot:
    state = _read_state(scan, as_of, only)
    failpoints.reach("snapshot.leased")
    stack.enter_context(readers.kept(state.lease))
    duck = stack.enter_context(connect())
    if state.redirects.num_rows:
        duck.register(redirects.TABLE, state.redirects)
    if only is not None:
        narrowing.name_members(duck, redirects.with_gone(only.profiles, state.redirects), only.companies)
    for table in state.tables:
        make = _make_view if only is None else _copy_few
        make(duck, table, redirected=bool(state.redirects.num_rows))
    return Snapshot(duck, state.as_of)


def _read_state(scan: Mapping[str, TableScan] | None, as_of: datetime | None, only: Only | None) -> _State:
    with one_state():
        moment = as_of or clock.now()
        layouts = load_layouts()
        wanted: Mapping[str, TableScan | None] = dict.fromkeys(layouts) if scan is None else scan
        seen = _look(list(wanted))
        tables = [_read_table(layouts[name], asked, seen, only) for name, asked in wanted.items()]
        known = redirects.load() if seen.redirected else redirects.NONE
        return _State(moment, tables, known, readers.take(seen.versions))


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a state has of the tables of a scan: pointers, staged files, how much is not in the lake; and whether ids
    have been merged."""

    state: Visible
    versions: Mapping[str, int]
    staged: Mapping[str, list[tuple[str, str]]]
    changed: Mapping[str, int]
    tail: bool
    redirected: bool


def _look(tables: list[str]) -> _Seen:
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, [tables, tables])
        row = cursor.fetchone()
    assert row is not None  # a SELECT without FROM has one row
    state, versions, files_of, profiles, companies, tail, redirected = row
    staged: dict[str, list[tuple[str, str]]] = {}
    for table, path, month in json.loads(files_of or "[]"):
        staged.setdefault(table, []).append((path, month))
    changed = {USERS: profiles, ACCOUNTS: companies}
    return _Seen(Visible.parse(state), json.loads(versions or "{}"), staged, changed, tail, redirected)


_LOOK = """
    SELECT pg_current_snapshot()::text,
      (SELECT jsonb_object_agg(name, version)::text FROM profiles_laketable WHERE name = ANY(%s)),
      (SELECT jsonb_agg(jsonb_build_array(f."table", path, month))::text FROM profiles_stagedfile f
        WHERE f."table" = ANY(%s)),
      (SELECT count(*) FROM profiles_changedprofile), (SELECT count(*) FROM profiles_changedcompany),
      EXISTS (SELECT FROM profiles_tailevent), EXISTS (SELECT FROM profiles_redirect)
"""


def _read_table(layout: Layout, scan: TableScan | None, seen: _Seen, only: Only | None) -> _Table:
    columns = layout.columns if scan is None else layout.only(scan.columns)
    if layout.partition == "bucket" and only is not None:  # Postgres finds few rows by their ids sooner than the lake
        known = rows.member_rows(layout, columns, only.profiles if layout.name == USERS else only.companies)
        return _Table(layout, columns, scan, None, (), known)
    if layout.name in seen.changed:
        newer = overlay.changed_rows(layout, columns, seen.state, seen.changed[layout.name])
    else:
        newer = overlay.tail_rows(layout, columns, seen.state) if seen.tail else overlay.nothing(columns)
    return _Table(layout, columns, scan, seen.versions.get(layout.name), tuple(seen.staged.get(layout.name, ())), newer)


def _make_view(duck: duckdb.DuckDBPyConnection, table: _Table, *, redirected: bool) -> None:
    query = " UNION ALL ".join(_parts(duck, table, table.columns))
    if redirected and table.is_of_events:
        query = redirects.through(query, table.columns)
    duck.execute(f"CREATE TEMP VIEW {quoted(table.layout.name)} AS {query}")


def _copy_few(duck: duckdb.DuckDBPyConnection, table: _Table, *, redirected: bool) -> None:
    """The rows of a snapshot of few members: read once, however many queries ask for them."""
    parts = _parts(duck, table, table.asked)
    if table.is_of_events:
        parts = [narrowing.narrowed(part, by_company=table.reads_companies) for part in parts]
    query = " UNION ALL ".join(parts)
    if redirected and table.is_of_events:
        query = redirects.through(query, table.asked)
    duck.execute(f"CREATE TEMP TABLE {quoted(table.layout.name)} AS {query}")


def _parts(duck: duckdb.DuckDBPyConnection, table: _Table, columns: tuple[Column, ...]) -> list[str]:
    """Queries for the rows of the lake, without those that changed since, and for those that only Postgres has; without
    what is older than it is kept."""
    name, paths = table.layout.name, table.paths()
    read = table.columns if table.layout.hidden else columns
    where = f" WHERE NOT ({files.hides(table.layout)})" if table.layout.hidden else ""
    names = ", ".join(quoted(column.name) for column in columns)
    parts = []
    if paths:
        lake = files.read(name, paths, {column.name: column.duckdb_type for column in read})
        parts.append(f"SELECT {names} FROM {lake}{where}")  # noqa: S608  names of the catalogue
    if table.overlay.num_rows or not parts:
        newer = quoted(f"{name} overlay")
        duck.register(f"{name} overlay", table.overlay)
        replaces = "present" in table.overlay.column_names
        if parts and replaces:
            parts[0] += f" ANTI JOIN {newer} USING (id)"
        parts.append(f"SELECT {names} FROM {newer}" + (" WHERE present" if replaces else where))  # noqa: S608  likewise
    return parts
