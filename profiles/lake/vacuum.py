"""Vacuum: deletes files that nothing can name any more, and keeps the Delta logs short.

Two kinds of file go, both only after ten minutes:

* *retired* ones, which the pointed version named once. Whoever moved the pointer wrote them down; they stay as long
  as a reader has a lease on a version from before that.
* *nameless* ones, which a writer or an import left when it died or rolled back. A file on its way to being named must
  stay, so: staging transactions are waited out, and before anything goes, an empty commit makes sure that no handle
  that a paused writer still has can name it later.
"""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from deltalake.exceptions import CommitFailedError
from django.db import connection, transaction

from lib import clock, failpoints
from profiles.lake import delta, flush
from profiles.lake.batches import STAGING_LOCK
from profiles.lake.files import folder
from profiles.lake.layout import Layout, load_layouts
from profiles.lake.writer import Writer, exclusive
from profiles.models import Batch, LakeTable, ReaderLease, RetiredFile, StagedFile

AGE = timedelta(minutes=10)
CHECKPOINT_EVERY = 20
_BATCHES_KEPT = timedelta(days=1)

POINTS = failpoints.declare(
    "vacuum.deleting", "vacuum.deleted", "vacuum.forgotten", "vacuum.fenced", "vacuum.checkpointed",
)  # fmt: skip
LOG_POINTS = failpoints.declare("vacuum.summed_up", "vacuum.log_cut")
"""Of `cut_logs`, which an erasure asks for."""


def vacuum(*, age: timedelta = AGE, wait: float = flush.WAIT_SECONDS) -> int:
    """Delete what has been nobody's for `age`; answers how many files.

    Raises `LakeBusyError` when another process writes the lake for longer than `wait` seconds.
    """
    with exclusive(wait=wait) as writer:
        flush.finish_open(writer)
        moment = clock.now()
        ReaderLease.objects.filter(expires_at__lt=moment).delete()
        Batch.objects.filter(closed_at__lt=moment - _BATCHES_KEPT).delete()
        deleted = _delete_retired(age)
        for layout in load_layouts().values():
            writer.keep()
            deleted += _delete_nameless(writer, layout, age)
            _shorten_log(layout)
    return deleted


def left_from_before(moment: datetime) -> int:
    """How many files that were written before a moment are there that neither the pointed versions name, nor the
    newest, nor a stage: a reader may have them, or they are not old enough for `vacuum`."""
    return sum(_left(layout, moment) for layout in load_layouts().values())


def _left(layout: Layout, moment: datetime) -> int:
    old = _files_from_before(folder(layout.name), moment)
    staged = set(StagedFile.objects.filter(table=layout.name).values_list("path", flat=True))
    named = {path for path in _named_files(layout) if not _is_retired(layout, path)}
    return len(old - staged - named)


def _is_retired(layout: Layout, path: str) -> bool:
    return RetiredFile.objects.filter(table=layout.name, path=path).exists()


def cut_logs(*, wait: float = flush.WAIT_SECONDS) -> int:
    """Sum up the log of every table at the version that readers see, and delete what is older; answers how many files.

    What an open snapshot still may look up stays. Raises `LakeBusyError` as `vacuum` does.
    """
    with exclusive(wait=wait) as writer:
        flush.finish_open(writer)
        return sum(_cut_log(writer, layout) for layout in load_layouts().values())


def _cut_log(writer: Writer, layout: Layout) -> int:
    writer.keep()
    pointer = LakeTable.objects.filter(name=layout.name).first()
    handle = None if pointer is None else delta.newest(layout)
    if pointer is None or handle is None or handle.version() != pointer.version:
        return 0  # what a writer that died has left is taken up by the next one
    handle.create_checkpoint()
    failpoints.reach("vacuum.summed_up")
    leased = (lease.get(layout.name) for lease in ReaderLease.objects.values_list("versions", flat=True))
    oldest = min((version for version in leased if version is not None), default=pointer.version)
    if oldest < pointer.version:
        return 0
    old = [path for path in _log_files(layout) if int(path.name[:20]) < pointer.version]
    for path in old:
        path.unlink(missing_ok=True)
        failpoints.reach("vacuum.log_cut")
    return len(old)


def _log_files(layout: Layout) -> list[Path]:
    """Commits and checkpoints; their names begin with their version, in 20 digits."""
    found = (folder(layout.name) / "_delta_log").glob("*")
    return [path for path in found if path.name[:20].isdecimal() and len(path.name) > 20]


def _delete_retired(age: timedelta) -> int:
    retired = list(RetiredFile.objects.filter(retired_at__lt=clock.now() - age))
    leased = list(ReaderLease.objects.values_list("versions", flat=True))
    free = [file for file in retired if not any(lease.get(file.table, file.version) < file.version for lease in leased)]
    failpoints.reach("vacuum.deleting")
    _delete(folder(file.table) / file.path for file in free)
    RetiredFile.objects.filter(pk__in=[file.pk for file in free]).delete()
    failpoints.reach("vacuum.forgotten")
    return len(free)


def _delete_nameless(writer: Writer, layout: Layout, age: timedelta) -> int:
    old = _files_older_than(folder(layout.name), age)
    staged = _staged_files(layout)
    if staged is None:
        return 0
    nameless = old - staged - _named_files(layout)
    if not nameless or not _fence(writer, layout):
        return 0
    failpoints.reach("vacuum.fenced")
    nameless -= _named_files(layout)
    _delete(folder(layout.name) / path for path in nameless)
    return len(nameless)


def _files_older_than(table: Path, age: timedelta) -> set[str]:
    return _files_from_before(table, clock.now() - age)


def _files_from_before(table: Path, moment: datetime) -> set[str]:
    border = moment.timestamp()
    found = (path for path in table.rglob("*.parquet") if "_delta_log" not in path.parts)
    return {str(path.relative_to(table)) for path in found if path.stat().st_mtime < border}


def _staged_files(layout: Layout) -> set[str] | None:
    """The table's staged files, of all transactions that began before; None if one of them is under way."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [STAGING_LOCK])
        row = cursor.fetchone()
        assert row is not None
        if not row[0]:
            return None
        return set(StagedFile.objects.filter(table=layout.name).values_list("path", flat=True))


def _named_files(layout: Layout) -> set[str]:
    """What the newest version names, what the pointed one does, and what is retired: that goes in its own time."""
    named = set(RetiredFile.objects.filter(table=layout.name).values_list("path", flat=True))
    handle = delta.newest(layout)
    if handle is not None:
        named |= delta.files_of(handle).keys()
    for pointer in LakeTable.objects.filter(name=layout.name):
        named |= delta.files(layout.name, pointer.version).keys()
    return named


def _fence(writer: Writer, layout: Layout) -> bool:
    """Make every handle that somebody may still have on the table useless; False if one was faster.

    The new version says what the newest did. The pointer follows, or the log before it could not be cut.
    """
    handle = delta.newest(layout)
    if handle is None:
        return True
    try:
        version = delta.commit(handle, layout)
    except CommitFailedError:
        return False
    with transaction.atomic():
        writer.advance({layout.name: version})
    return True


def _shorten_log(layout: Layout) -> None:
    """Sum up the log, and drop what is older than its retention; not while the pointer is behind."""
    pointer = LakeTable.objects.filter(name=layout.name).first()
    if pointer is None or pointer.version - _last_checkpoint(layout) < CHECKPOINT_EVERY:
        return
    handle = delta.open_latest(layout)
    if handle.version() == pointer.version:
        handle.create_checkpoint()
        handle.cleanup_metadata()
        failpoints.reach("vacuum.checkpointed")


def _last_checkpoint(layout: Layout) -> int:
    note = folder(layout.name) / "_delta_log" / "_last_checkpoint"
    return int(json.loads(note.read_text())["version"]) if note.exists() else 0


def _delete(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
        failpoints.reach("vacuum.deleted")
