"""Ids of profiles that were merged into others or erased: read through `Redirect`, and at last rewritten (I4).

A redirect is dropped when no file that the lake names, or is about to name, holds the id that is gone: nothing new can
bring it, since whoever writes events of a profile holds its row, and the merge waited for those.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from deltalake.exceptions import CommitFailedError
from django.db import connection, transaction
from pyroaring import BitMap64

from lib import bitmaps, failpoints
from profiles.lake import delta, erased, files, flush
from profiles.lake.connection import connect
from profiles.lake.files import quoted
from profiles.lake.layout import TRACKS, Column, Layout, load_layouts
from profiles.lake.writer import Writer, exclusive
from profiles.models import Redirect

TABLE = "redirects"
NONE = pa.schema([("from_id", pa.int64()), ("to_id", pa.int64())]).empty_table()
"""What `load` answers where nobody was merged."""
POINTS = failpoints.declare("redirect.written", "redirect.committed", "redirect.dropping", "redirect.dropped")


def load() -> pa.Table:
    """All redirects that the current transaction sees: `from_id`, `to_id`."""
    rows = Redirect.objects.values_list("from_id", "to_id")
    gone, stays = zip(*rows, strict=True) if rows else ((), ())
    return pa.table([pa.array(gone, pa.int64()), pa.array(stays, pa.int64())], schema=NONE.schema)


def with_gone(profiles: BitMap64, known: pa.Table) -> BitMap64:
    """These profiles, and those that were merged into them: the lake may still call them so."""
    if not known.num_rows:
        return profiles
    theirs = known.filter(pc.is_in(known.column("to_id"), value_set=bitmaps.to_arrow(profiles)))
    return profiles | BitMap64(theirs.column("from_id").to_pylist())


def through(query: str, columns: tuple[Column, ...]) -> str:
    """What `query` answers about events, with ids as they are now and without those of people who were erased; `TABLE`
    holds the redirects."""
    names = ", ".join(
        f"coalesce(r.to_id, e.user_id) AS {quoted(column.name)}"
        if column.name == "user_id"
        else f"e.{quoted(column.name)}"
        for column in columns
    )
    joined = f"({query}) AS e LEFT JOIN {TABLE} AS r ON r.from_id = e.user_id"
    return f"SELECT {names} FROM {joined} WHERE coalesce(r.to_id, 0) >= 0"  # noqa: S608  the catalogue's names


def rewrite(*, wait: float = flush.WAIT_SECONDS) -> int:
    """Rewrite every month that holds an id that is gone, and drop the redirects that nothing needs any more; answers
    how many. What else is known of the events of erased people is forgotten first. Raises `LakeBusyError` when another
    process writes the lake for longer than `wait` seconds."""
    with exclusive(wait=wait) as writer, connect() as duck:
        known = load()
        if not known.num_rows:
            return 0
        flush.take_staged(writer)
        duck.register(TABLE, known)
        _forget_erased(writer, duck)
        versions: dict[str, int] = {}
        for layout in load_layouts().values():
            version = _rewrite_table(writer, duck, layout) if layout.partition == "month" else None
            if version is not None:
                versions[layout.name] = version
        return _drop(writer, versions, known)


def _forget_erased(writer: Writer, duck: duckdb.DuckDBPyConnection) -> None:
    """Before the events of erased people go: their message ids, and a signal to the companies that they named."""
    layout = load_layouts()[TRACKS]
    handle = delta.newest(layout)
    gone = duck.sql(f"FROM {TABLE} WHERE to_id < 0").to_arrow_table()
    if not gone.num_rows:
        return
    found = [] if handle is None else list(_of_erased(writer, duck, layout, delta.files_of(handle)))
    erased.forget_events(set(gone.column("to_id").to_pylist()), found)


def _of_erased(
    writer: Writer, duck: duckdb.DuckDBPyConnection, layout: Layout, named: Mapping[str, str]
) -> Iterator[pa.Table]:
    for paths in _concerned(duck, layout, named).values():
        writer.keep()
        yield duck.sql(
            f"SELECT -to_id AS person, account_id, event, message_id FROM ({_of_files(layout, paths)})"  # noqa: S608
            f" JOIN {TABLE} ON from_id = user_id WHERE to_id < 0"
        ).to_arrow_table()


def _rewrite_table(writer: Writer, duck: duckdb.DuckDBPyConnection, layout: Layout) -> int | None:
    """Rewrite the months of a table; answers its newest version, which holds no id that is gone. None: no table."""
    while True:
        writer.keep()
        handle = delta.newest(layout)
        if handle is None:
            return None
        whole = delta.layout_of(handle, layout)
        added, removed = [], []
        for month, paths in _concerned(duck, whole, delta.files_of(handle)).items():
            file = files.write(duck, whole, month, through(_of_files(whole, paths), whole.columns))
            added.extend([file] if file else [])
            removed.extend(paths)
        if not removed:
            return int(handle.version())
        failpoints.reach("redirect.written")
        writer.keep()
        try:
            version = delta.commit(handle, layout, add=added, remove=removed)
        except CommitFailedError:
            continue  # a writer that had lost its lease was faster: read everything again
        failpoints.reach("redirect.committed")
        return version


def _concerned(duck: duckdb.DuckDBPyConnection, layout: Layout, named: Mapping[str, str]) -> dict[str, list[str]]:
    """Month → its files, of the months that hold an id that is gone."""
    months = defaultdict(list)
    for path, month in named.items():
        months[month].append(path)
    return {month: paths for month, paths in sorted(months.items()) if _holds(duck, layout, paths)}


def _holds(duck: duckdb.DuckDBPyConnection, layout: Layout, paths: Sequence[str]) -> bool:
    events = _of_files(layout, paths)
    found = duck.execute(f"SELECT 1 FROM ({events}) SEMI JOIN {TABLE} ON from_id = user_id LIMIT 1")  # noqa: S608
    return bool(found.fetchall())


def _of_files(layout: Layout, paths: Sequence[str]) -> str:
    lake = files.read(layout.name, paths, {column.name: column.duckdb_type for column in layout.columns})
    return f"SELECT {', '.join(quoted(column.name) for column in layout.columns)} FROM {lake}"  # noqa: S608  catalogue's


def _drop(writer: Writer, versions: Mapping[str, int], known: pa.Table) -> int:
    """Have readers see the rewritten versions, and from then on need the redirects no more. One that was found again
    since (a merge of the one that stayed) points elsewhere now, and is not needed either: the ids in the files are
    those that it had, which have redirects of their own."""
    with transaction.atomic():
        writer.advance(versions)
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM profiles_redirect WHERE from_id = ANY(%s)", [known.column("from_id").to_pylist()]
            )
            dropped = int(cursor.rowcount)
        failpoints.reach("redirect.dropping")
    failpoints.reach("redirect.dropped")
    return dropped
