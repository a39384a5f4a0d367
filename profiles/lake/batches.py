"""Staging: events as files of the lake that wait to be named, committed together with the caller's rows."""

from collections.abc import Mapping

import pyarrow as pa
from django.db import connection, transaction

from lib import failpoints
from profiles.lake import files
from profiles.lake.connection import connect
from profiles.lake.files import LakeFile
from profiles.lake.layout import TRACKS, Layout, load_layouts
from profiles.models import Stage, StagedFile

STAGING_LOCK = 0x1A4F57A6
"""Shared by transactions that stage; vacuum takes no nameless file while one is on its way."""

POINTS = failpoints.declare("stage.written", "stage.recorded")


def stage(tables: Mapping[str, pa.Table]) -> int:
    """Write events (table of the event type → its columns in the layout) durably; answers the number of the batch.

    To be called in the transaction that stores their `event_ids`: from its commit on, snapshots see the events;
    if it rolls back, nobody ever does. `tracks` gets its rows by itself. Missing columns are missing values. Files
    are per table and month, so 100,000 events or more at a time are best. `flush.write_batch` names them in the lake.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("stage() belongs into the transaction that stores the event ids")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [STAGING_LOCK])
    written = _write(tables)
    failpoints.reach("stage.written")
    row = Stage.objects.create()
    StagedFile.objects.bulk_create(
        StagedFile(stage=row, table=name, path=file.path, month=file.partition, size=file.size, stats=file.stats)
        for name, several in written.items()
        for file in several
    )
    failpoints.reach("stage.recorded")
    return int(row.pk)


def _write(tables: Mapping[str, pa.Table]) -> dict[str, list[LakeFile]]:
    layouts = load_layouts()
    filled = {name: rows for name, rows in tables.items() if rows.num_rows}
    with connect() as duck:
        written = {name: files.write_events(duck, layouts[name], rows) for name, rows in filled.items()}
        if filled:
            tracks = pa.concat_tables(_tracks(layouts, name, rows) for name, rows in filled.items())
            written[TRACKS] = files.write_events(duck, layouts[TRACKS], tracks)
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
