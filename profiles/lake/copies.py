"""Columnar copies: `users` and `accounts` take over the profiles and companies that changed.

Rows lie in buckets by id, one file each; new profiles that an import has staged are in files of their own until their
bucket is rewritten. A pass opens a handle on the table, only then reads the changed rows from Postgres, rewrites the
buckets they fall into, and commits through that handle: whoever has copied something newer meanwhile makes the commit
fail. A transaction then moves the pointer and clears the marks that are as they were
claimed. A pass that died before that has done no harm: its rows are still marked, and the next pass rewrites them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from deltalake.exceptions import CommitFailedError
from django.db import connection, transaction

from lib import failpoints
from profiles.lake import delta, files, flush, rows
from profiles.lake.connection import connect
from profiles.lake.files import LakeFile, quoted
from profiles.lake.layout import ACCOUNTS, BUCKET_BITS, USERS, Layout, load_layouts
from profiles.lake.state import one_state
from profiles.lake.writer import Writer, exclusive
from profiles.models import StagedFile

CELLS = 2_000_000
"""A pass holds at most so many values in memory, within the two bounds of rows."""
FEWEST_ROWS = 1_000
MOST_ROWS = 50_000
_MARKS = {USERS: ("profiles_changedprofile", "profile_id"), ACCOUNTS: ("profiles_changedcompany", "company_id")}

POINTS = failpoints.declare("copy.claimed", "copy.written", "copy.committed", "copy.closing", "copy.closed")


@dataclass(frozen=True, slots=True)
class _Pass:
    """What one pass rewrites: files to name, paths to forget."""

    added: list[LakeFile]
    removed: list[str]


def copy_changes(*, wait: float = flush.WAIT_SECONDS) -> int:
    """Take over all profiles and companies that are marked now; answers how many. Waits for another writer."""
    with exclusive(wait=wait) as writer, connect() as duck:
        flush.take_staged(writer)
        return sum(_copy_table(writer, duck, name) for name in (ACCOUNTS, USERS))


def _copy_table(writer: Writer, duck: duckdb.DuckDBPyConnection, name: str) -> int:
    most = max(min(CELLS // len(load_layouts()[name].columns), MOST_ROWS), FEWEST_ROWS)
    copied, last = 0, 0
    while True:
        writer.keep()
        changed = _copy_some(writer, duck, name, after=last, limit=most)
        copied += int(changed.num_rows)
        if changed.num_rows < most:
            return copied
        last = changed.column("id")[-1].as_py()


def _copy_some(writer: Writer, duck: duckdb.DuckDBPyConnection, name: str, *, after: int, limit: int) -> pa.Table:
    """One pass over up to `limit` marked rows with ids above `after`; answers them."""
    while True:
        layout = load_layouts()[name]
        handle = delta.open_latest(layout)
        with one_state():
            current = load_layouts()[name]
            staged = StagedFile.objects.filter(table=name).exists()
            changed = rows.changed_rows(layout, layout.columns, after=after, limit=limit)
        if staged:
            flush.take_staged(writer)
            continue  # a file that the handle does not name may hold an older form of what changed
        if current != layout:
            continue  # rows may have values in a column that the handle lacks
        if not changed.num_rows:
            return changed
        failpoints.reach("copy.claimed")
        rewritten = _rewrite(duck, layout, delta.files_of(handle), changed)
        failpoints.reach("copy.written")
        writer.keep()
        try:
            version = delta.commit(handle, layout, add=rewritten.added, remove=rewritten.removed)
        except CommitFailedError:
            continue  # a writer that had lost its lease was faster: read everything again
        failpoints.reach("copy.committed")
        _close(writer, layout, version, changed)
        failpoints.reach("copy.closed")
        return changed


def _rewrite(duck: duckdb.DuckDBPyConnection, layout: Layout, existing: Mapping[str, str], changed: pa.Table) -> _Pass:
    result = _Pass([], [])
    duck.register("changed", changed)
    buckets = pc.shift_right(changed.column("id"), BUCKET_BITS).unique().to_pylist()
    for bucket in buckets:
        old = [path for path, value in existing.items() if value == str(bucket)]
        file = files.write(duck, layout, str(bucket), _merged(layout, bucket, old))
        result.added.extend([file] if file else [])
        result.removed.extend(old)
    duck.unregister("changed")
    return result


def _merged(layout: Layout, bucket: int, old: list[str]) -> str:
    """The rows of one bucket: those in its files that have not changed, and the changed ones that still count."""
    names = ", ".join(quoted(column.name) for column in layout.columns)
    fresh = f"SELECT {names} FROM changed WHERE present AND id >> {BUCKET_BITS} = {bucket}"  # noqa: S608  catalogue's
    if not old:
        return fresh
    lake = files.read(layout.name, old, {column.name: column.duckdb_type for column in layout.columns})
    return f"SELECT {names} FROM {lake} ANTI JOIN changed USING (id) UNION ALL {fresh}"  # noqa: S608  likewise


def _close(writer: Writer, layout: Layout, version: int, changed: pa.Table) -> None:
    marks, key = _MARKS[layout.name]
    with transaction.atomic():
        writer.advance({layout.name: version})
        with connection.cursor() as cursor:  # a mark that is locked is being renewed: it stays
            cursor.execute(
                f"DELETE FROM {marks} WHERE {key} IN (SELECT m.{key} FROM {marks} m"  # noqa: S608  our own names
                f" JOIN unnest(%s::bigint[], %s::bigint[]) AS claimed(id, generation)"
                f" ON m.{key} = claimed.id AND m.generation = claimed.generation FOR UPDATE OF m SKIP LOCKED)",
                [_array(changed.column("id")), _array(changed.column("generation"))],
            )
        failpoints.reach("copy.closing")


def _array(numbers: pa.ChunkedArray) -> str:
    """A Postgres array as text: the driver takes longer over a list of 50,000 numbers than the query does."""
    return "{" + ",".join(map(str, numbers.to_pylist())) + "}"
