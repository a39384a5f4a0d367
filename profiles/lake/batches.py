"""Staging: rows as files of the lake that wait to be named, committed together with the caller's rows."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pyarrow as pa
from django.db import connection, transaction

from lib import failpoints
from profiles import signals
from profiles.lake import files
from profiles.lake.connection import connect
from profiles.lake.files import LakeFile
from profiles.lake.layout import TRACKS, USERS, Layout, load_layouts
from profiles.models import Stage, StagedFile

STAGING_LOCK = 0x1A4F57A6
"""Shared by transactions that stage; vacuum takes no nameless file while one is on its way."""

POINTS = failpoints.declare("stage.written", "stage.recorded")


def stage(tables: Mapping[str, pa.Table]) -> int:
    """Write rows (table → its columns in the layout) durably; answers the number of the batch.

    Events: to be called in the transaction that stores their `event_ids`. Profiles (`users`): in the one that makes
    them; then they are not to be marked as changed. From its commit on, snapshots see the rows; if it rolls back,
    nobody ever does. `tracks` gets its rows by itself. Missing columns are missing values. Files are per table and
    partition, so 100,000 events, or 20,000 profiles, at a time are best. `flush.write_batch` names them in the lake.
    """
    with staging(tables) as recorded:
        pass
    return recorded[0]


@contextmanager
def staging(tables: Mapping[str, pa.Table]) -> Iterator[list[int]]:
    """The same, while the body of the `with` stores rows: the files are written beside it. The list that is answered
    holds the number of the batch in the end."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("stage() belongs into the transaction that stores the event ids")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [STAGING_LOCK])
    recorded: list[int] = []
    with ThreadPoolExecutor(1, "stage") as pool:
        files_written = pool.submit(_write, load_layouts(), tables)
        yield recorded
        written = files_written.result()
    failpoints.reach("stage.written")
    row = Stage.objects.create()
    StagedFile.objects.bulk_create(
        StagedFile(stage=row, table=name, path=file.path, month=file.partition, size=file.size, stats=file.stats)
        for name, several in written.items()
        for file in several
    )
    _signal(load_layouts(), tables)
    failpoints.reach("stage.recorded")
    recorded.append(int(row.pk))


def _signal(layouts: Mapping[str, Layout], tables: Mapping[str, pa.Table]) -> None:
    """Tell who keeps members that these people and events are there."""
    named = {event: rows for name, rows in tables.items() if (event := layouts[name].event) is not None}
    signals.note_staged(tables.get(USERS), named)


def _write(layouts: Mapping[str, Layout], tables: Mapping[str, pa.Table]) -> dict[str, list[LakeFile]]:
    filled = {name: rows for name, rows in tables.items() if rows.num_rows}
    with connect() as duck:
        written = {name: files.write_rows(duck, layouts[name], rows) for name, rows in filled.items()}
        events = {name: rows for name, rows in filled.items() if layouts[name].event is not None}
        if events:
            tracks = pa.concat_tables(_tracks(layouts, name, rows) for name, rows in events.items())
            written[TRACKS] = files.write_rows(duck, layouts[TRACKS], tracks)
    return written


def _tracks(layouts: Mapping[str, Layout], name: str, rows: pa.Table) -> pa.Table:
    """The rows of `tracks` for events of one table."""
    known = rows.append_column("event", pa.repeat(pa.scalar(layouts[name].event, pa.string()), rows.num_rows))
    columns = {
        column.name: known.column(column.name).cast(column.arrow_type)
        if column.name in known.column_names
        else pa.nulls(rows.num_rows, column.arrow_type)
        for column in layouts[TRACKS].columns
    }
    return pa.table(columns)
