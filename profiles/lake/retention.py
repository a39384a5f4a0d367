"""Events that are older than their kind is kept: hidden from everybody at once, and then taken out of the lake.

`EventType.kept_from` moves in one transaction with the signal that everybody who counts such events is counted anew;
from its commit on each snapshot leaves out what is older (`layout.Layout.hidden`), in the lake and in the tail. What
follows removes what nobody sees: ids of the events first, then months, of the own table and of `tracks`. Whole months
go as they are; the month of the border is written anew, at most once a day, since the border moves at midnight UTC.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import duckdb
from deltalake.exceptions import CommitFailedError
from django.db import transaction

from lib import clock, failpoints
from profiles import signals
from profiles.lake import delta, erased, files, flush
from profiles.lake.connection import connect
from profiles.lake.files import instant, quoted
from profiles.lake.layout import TRACKS, Layout, load_layouts, month_of
from profiles.lake.snapshot import TableScan, read_snapshot
from profiles.lake.writer import Writer, exclusive
from profiles.models import EventType, LakeTable, Unit

POINTS = failpoints.declare(
    "retention.hidden", "retention.ids_forgotten", "retention.written", "retention.committed", "retention.closing",
    "retention.closed",
)  # fmt: skip


def border_of(days: int) -> datetime:
    """Events before this moment are older than so many days."""
    return clock.now().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days)


def would_go(event_type: EventType, days: int) -> int:
    """How many events of this kind, that readers see, are older. Not to be called within a transaction."""
    border = border_of(days)
    sql = f'SELECT count(*) FROM {quoted(event_type.table)} WHERE "timestamp" < {instant(border)}'  # noqa: S608  catalogue
    scan = {event_type.table: TableScan(end=border)}
    return read_snapshot(lambda snapshot: int(snapshot.connection.execute(sql).fetchall()[0][0]), scan)


def expire(*, wait: float = flush.WAIT_SECONDS) -> int:
    """Hide and remove all events that are too old now; answers how many were removed.

    Raises `LakeBusyError` when another process writes the lake for longer than `wait` seconds.
    """
    _hide()
    if not EventType.objects.filter(kept_from__isnull=False).exists():
        return 0
    with exclusive(wait=wait) as writer, connect() as duck:
        flush.take_staged(writer)
        hiding = [layout for layout in load_layouts().values() if layout.hidden]
        forgotten = sum(_forget_ids(writer, duck, layout) for layout in hiding if layout.name == TRACKS)
        versions = {layout.name: _rewrite(writer, duck, layout) for layout in hiding}
        pointed = dict(LakeTable.objects.values_list("name", "version"))
        changed = {name: version for name, version in versions.items() if version not in (None, pointed.get(name))}
        if changed:
            with transaction.atomic():
                writer.advance(changed)
                failpoints.reach("retention.closing")
            failpoints.reach("retention.closed")
        return forgotten


def _hide() -> None:
    """Move the borders that are due."""
    for kind in EventType.objects.filter(retention_days__isnull=False):
        border = border_of(kind.retention_days or 0)
        if kind.kept_from is None or kind.kept_from < border:
            with transaction.atomic():
                EventType.objects.filter(pk=kind.pk).update(kept_from=border)
                for unit in Unit:
                    signals.note_everybody(unit, kind.name)
    failpoints.reach("retention.hidden")


def _concerned(duck: duckdb.DuckDBPyConnection, layout: Layout, named: Mapping[str, str]) -> dict[str, list[str]]:
    """Month → its files at a version, of the months that hold something hidden; none is looked into that is too new."""
    last = month_of(max(moment for _, moment in layout.hidden))
    months: dict[str, list[str]] = {}
    for path, month in sorted(named.items()):
        if month <= last:
            months.setdefault(month, []).append(path)
    return {month: paths for month, paths in months.items() if _holds(duck, layout, paths)}


def _holds(duck: duckdb.DuckDBPyConnection, layout: Layout, paths: Sequence[str]) -> bool:
    sql = f"SELECT 1 FROM ({_of_files(layout, paths)}) WHERE {files.hides(layout)} LIMIT 1"  # noqa: S608  the catalogue's names
    return bool(duck.execute(sql).fetchall())


def _forget_ids(writer: Writer, duck: duckdb.DuckDBPyConnection, layout: Layout) -> int:
    """`tracks` has every event: the ids of those that are hidden are known no more; answers how many there were."""
    handle, number = delta.newest(layout), 0
    for paths in _concerned(duck, layout, {} if handle is None else delta.files_of(handle)).values():
        writer.keep()
        found = duck.sql(f"SELECT message_id FROM ({_of_files(layout, paths)}) WHERE {files.hides(layout)}")  # noqa: S608
        for batch in found.to_arrow_reader(erased.AT_ONCE):
            erased.forget_ids(batch.column(0).to_pylist())
            number += batch.num_rows
    failpoints.reach("retention.ids_forgotten")
    return number


def _rewrite(writer: Writer, duck: duckdb.DuckDBPyConnection, layout: Layout) -> int | None:
    """Write the months anew that hold something hidden; the version that holds nothing hidden, which a worker may have
    left that died before it moved the pointer. None: there is none yet."""
    writer.keep()
    handle = delta.newest(layout)
    if handle is None:
        return None
    whole = delta.layout_of(handle, layout)
    added, removed = [], []
    for month, paths in _concerned(duck, whole, delta.files_of(handle)).items():
        writer.keep()
        rows = f"SELECT * FROM ({_of_files(whole, paths)}) WHERE NOT ({files.hides(whole)})"  # noqa: S608  likewise
        file = files.write(duck, whole, month, rows)
        added.extend([file] if file else [])
        removed.extend(paths)
    if not removed:
        return int(handle.version())
    failpoints.reach("retention.written")
    try:
        version = delta.commit(handle, layout, add=added, remove=removed)
    except CommitFailedError:
        return None  # a writer that had lost its lease was faster; the next run sees what it did
    failpoints.reach("retention.committed")
    return version


def _of_files(layout: Layout, paths: Sequence[str]) -> str:
    lake = files.read(layout.name, paths, {column.name: column.duckdb_type for column in layout.columns})
    return f"SELECT {', '.join(quoted(column.name) for column in layout.columns)} FROM {lake}"  # noqa: S608  likewise
