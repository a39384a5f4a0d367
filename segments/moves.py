"""When members came and went: read back from what each run has stored, newest first.

A year of runs of a large segment holds more than a page can wait for, so only the newest changes are read, up to a
number of bytes; what lies before is told as "before" the oldest that was read.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from pyroaring import BitMap64

MOST_BYTES = 8 * 1024 * 1024
"""Of changes of one segment; of several it is shared."""

_NEWEST = """
    SELECT segment_id, as_of, entered, "left", is_last
    FROM (
        SELECT run.segment_id, run.id, run.as_of, change.entered, change."left",
               run.finished_at,
               sum(octet_length(change.entered) + octet_length(change."left")) OVER newer AS bytes,
               row_number() OVER newer = count(*) OVER (PARTITION BY run.segment_id) AS is_last
        FROM segments_runchange AS change JOIN segments_run AS run ON run.id = change.run_id
        WHERE run.segment_id = ANY(%s) AND run.state = 'succeeded'
        WINDOW newer AS (PARTITION BY run.segment_id ORDER BY run.finished_at DESC, run.id DESC)
    ) AS read
    WHERE bytes - octet_length(entered) - octet_length("left") < %s
    ORDER BY finished_at DESC, id DESC
"""


@dataclass(frozen=True, slots=True)
class Move:
    """A member entered or left a segment, as of the moment of a run."""

    segment_id: int
    at: datetime
    is_entry: bool


@dataclass(frozen=True, slots=True)
class Since:
    """Since when somebody is a member; `is_before`: since some time before `at`, as far back as was read."""

    at: datetime
    is_before: bool = False


def since(segment_id: int, members: Collection[int]) -> Mapping[int, Since]:
    """Since when each of these present members has been one without a break; in one query."""
    missing, found = set(members), dict[int, Since]()
    for change in _newest([segment_id]):
        for member in [member for member in missing if member in change.entered]:
            found[member] = Since(change.at)
            missing.discard(member)
        if not missing:
            break
        if change.is_oldest_read:
            found |= {member: Since(change.at, is_before=True) for member in missing}
    return found


def moves_of(segment_ids: Collection[int], member: int) -> list[Move]:
    """When one profile or company entered and left these segments, newest first; in one query."""
    return [
        Move(change.segment_id, change.at, is_entry=member in change.entered)
        for change in _newest(segment_ids)
        if member in change.entered or member in change.left
    ]


@dataclass(frozen=True, slots=True)
class _Change:
    segment_id: int
    at: datetime
    entered: BitMap64
    left: BitMap64
    is_oldest_read: bool


def _newest(segment_ids: Collection[int]) -> Iterator[_Change]:
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, [list(segment_ids), MOST_BYTES // max(len(segment_ids), 1)])
        rows = cursor.fetchall()
    for place, (segment_id, at, entered, left, is_last) in enumerate(rows, 1):
        sets = BitMap64.deserialize(bytes(entered)), BitMap64.deserialize(bytes(left))
        yield _Change(segment_id, at, *sets, is_oldest_read=place == len(rows) and not is_last)
