"""Flushes: staged files and tail rows become part of the lake, once, whatever happens in between (I2).

1. One transaction opens a numbered batch and assigns staged files and tail rows to it.
2. Table by table: open a handle; if its last transaction is this batch or a later one the table is done, else its
   tail rows are written to files, and all files are named through that same handle, with the number.
3. One transaction moves the pointers of all those tables, deletes the tail rows and the stages, closes the batch.

A batch that a dead writer left open is finished before the next is opened, so those of a table commit in order.
"""

from collections.abc import Mapping

import duckdb
from deltalake.exceptions import CommitFailedError
from django.db import connection, transaction

from lib import clock, failpoints
from profiles.lake import delta, files, rows
from profiles.lake.connection import connect
from profiles.lake.files import LakeFile
from profiles.lake.layout import TRACKS, Layout, load_layouts
from profiles.lake.writer import Writer, exclusive
from profiles.models import Batch, Stage, StagedFile, TailEvent

TAIL_ROWS = 50_000
"""At most so many tail rows go into one batch: they are in memory while a table is written."""
WAIT_SECONDS = 60
_ATTEMPTS = 5

POINTS = failpoints.declare(
    "flush.opening", "flush.opened", "flush.written", "flush.appended", "flush.closing", "flush.closed"
)


def write_batch(number: int) -> None:
    """Have a staged batch in the lake; nothing to do if it is there. Waits for another writer to be done.

    Raises `LakeBusyError` if that takes too long. The events are seen by snapshots either way.
    """
    with exclusive(wait=WAIT_SECONDS) as writer:
        finish_open(writer)
        if Stage.objects.filter(pk=number).exists():
            _flush(writer, tail_rows=0)


def flush_tail(*, wait: float = WAIT_SECONDS) -> None:
    """Move staged files and tail rows into the lake, up to `TAIL_ROWS` at a time, until there are none."""
    with exclusive(wait=wait) as writer:
        finish_open(writer)
        while _flush(writer, tail_rows=TAIL_ROWS):
            pass


def take_staged(writer: Writer) -> None:
    """Name all files that are staged."""
    finish_open(writer)
    _flush(writer, tail_rows=0)


def recover(*, wait: float = WAIT_SECONDS) -> None:
    """Finish what a dead writer left open. Every writer does that first."""
    with exclusive(wait=wait) as writer:
        finish_open(writer)


def finish_open(writer: Writer) -> None:
    """Finish the batches that are open. From then on the newest version of a table holds what the pointed one does,
    but for rewrites that a dead writer did not get to point at."""
    for number in Batch.objects.filter(closed_at=None).order_by("number").values_list("number", flat=True):
        _write(writer, number)


def _flush(writer: Writer, *, tail_rows: int) -> bool:
    number = _open(writer, tail_rows=tail_rows)
    if number is None:
        return False
    failpoints.reach("flush.opened")
    _write(writer, number)
    return True


def _open(writer: Writer, *, tail_rows: int) -> int | None:
    """A new batch with all that is staged and so many tail rows; None when there is nothing."""
    with transaction.atomic():
        writer.hold()
        batch = Batch.objects.create()
        free = Stage.objects.filter(batch=None).select_for_update(skip_locked=True)
        taken = Stage.objects.filter(pk__in=[stage.pk for stage in free]).update(batch=batch)
        taken += _assign_tail(batch.number, tail_rows)
        if not taken:
            batch.delete()
        failpoints.reach("flush.opening")
    return batch.number if taken else None


def _assign_tail(number: int, limit: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE profiles_tailevent SET batch = %s WHERE id IN (SELECT id FROM profiles_tailevent"
            " WHERE batch IS NULL ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)",
            [number, limit],
        )
        return int(cursor.rowcount)


def _write(writer: Writer, number: int) -> None:
    layouts = load_layouts()
    with connect() as duck:
        versions = {}
        for name in _tables(number):
            writer.keep()
            versions[name] = _append(duck, layouts[name], number)
            failpoints.reach("flush.appended")
    _close(writer, number, versions)
    failpoints.reach("flush.closed")


def _tables(number: int) -> list[str]:
    staged = set(StagedFile.objects.filter(stage__batch=number).values_list("table", flat=True))
    tail = set(TailEvent.objects.filter(batch=number).values_list("event_type__table", flat=True))
    return sorted(staged | tail | ({TRACKS} if tail else set()))


def _append(duck: duckdb.DuckDBPyConnection, layout: Layout, number: int) -> int:
    """Name the batch's files of one table, if that has not been done; answers a version that names them."""
    for _ in range(_ATTEMPTS):
        handle = delta.open_latest(layout)
        if (handle.transaction_version(delta.BATCHES) or 0) >= number:
            return handle.version()
        added = [*_staged(layout, number), *_tail_files(duck, layout, number)]
        failpoints.reach("flush.written")
        try:
            return delta.commit(handle, layout, add=added, transaction=number)
        except CommitFailedError:
            continue  # somebody else has committed since the handle was opened: look again
    raise CommitFailedError(f"{layout.name} changed {_ATTEMPTS} times while batch {number} was written")


def _staged(layout: Layout, number: int) -> list[LakeFile]:
    staged = StagedFile.objects.filter(stage__batch=number, table=layout.name)
    return [LakeFile(file.path, file.month, file.size, file.stats) for file in staged]


def _tail_files(duck: duckdb.DuckDBPyConnection, layout: Layout, number: int) -> list[LakeFile]:
    if layout.partition == "bucket":
        return []  # profiles come by copies or staged, never by the tail
    tail = rows.tail_rows(layout, layout.columns, batch=number)
    return files.write_rows(duck, layout, tail) if tail.num_rows else []


def _close(writer: Writer, number: int, versions: Mapping[str, int]) -> None:
    with transaction.atomic():
        writer.advance(versions)
        TailEvent.objects.filter(batch=number).delete()
        Stage.objects.filter(batch=number).delete()
        Batch.objects.filter(number=number).update(closed_at=clock.now())
        failpoints.reach("flush.closing")
