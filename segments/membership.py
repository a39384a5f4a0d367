"""Who is a member: the sets that runs have stored, now and at any run before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet
from pyroaring import BitMap64

from lib import bitmaps
from segments.models import MembershipBlock, Run, RunChange


@dataclass(frozen=True, slots=True)
class Changes:
    """Who is a member after, and was not before; and the other way round."""

    entered: BitMap64
    left: BitMap64

    def __bool__(self) -> bool:
        return bool(self.entered or self.left)

    def undo(self, members: BitMap64) -> None:
        """Turn the set into what it was before these changes; in place, since a year has thousands of runs."""
        members -= self.entered
        members |= self.left


def load(segment_id: int) -> BitMap64:
    """The ids of all members of a segment, as its last good run left them."""
    return bitmaps.joined(
        (number, bytes(low)) for number, low in _blocks(segment_id).order_by("block").values_list("block", "members")
    )


def contains(segment_id: int, member_id: int) -> bool:
    """Whether one profile (or company) is a member; reads one block."""
    block = _blocks(segment_id).filter(block=bitmaps.block_of(member_id)).values_list("members", flat=True).first()
    return block is not None and bitmaps.holds(bytes(block), member_id)


def store(run: Run, members: BitMap64) -> Changes:
    """Make `members` the segment's set, inside the run's transaction; writes only the blocks that change.

    Blocks are locked in order. Answers who entered and who left, which the run keeps.
    """
    locked = _blocks(run.segment_id).select_for_update().order_by("block").values_list("block", "members")
    before = bitmaps.joined((number, bytes(low)) for number, low in locked)
    changes = Changes(entered=members - before, left=before - members)
    if changes:
        _write_blocks(run.segment_id, members, bitmaps.block_numbers(changes.entered | changes.left))
        RunChange.objects.create(run=run, entered=changes.entered.serialize(), left=changes.left.serialize())
    return changes


def at_run(run: Run) -> BitMap64:
    """The members just after a good run: the stored set with every later change undone, newest first."""
    members, later = _now_and_changes(run.segment_id, after=run.pk)
    for changes in later:
        changes.undo(members)
    return members


def changes_since(segment_id: int, moment: datetime) -> Changes:
    """Who entered and who left, all in all, by the runs that finished after `moment`: who came and went is neither."""
    runs = Run.objects.filter(segment_id=segment_id, state=Run.State.SUCCEEDED)
    last_before = runs.filter(finished_at__lte=moment).order_by("-id").values_list("pk", flat=True).first()
    now, later = _now_and_changes(segment_id, after=last_before or 0)
    before = now.copy()
    for changes in later:
        changes.undo(before)
    return Changes(entered=now - before, left=before - now)


def _blocks(segment_id: int) -> QuerySet[MembershipBlock]:
    return MembershipBlock.objects.filter(segment_id=segment_id)


def _write_blocks(segment_id: int, members: BitMap64, numbers: Iterable[int]) -> None:
    contents = {number: bitmaps.block_bytes(members, number) for number in numbers}
    emptied = [number for number, low in contents.items() if low is None]
    _blocks(segment_id).filter(block__in=emptied).delete()
    MembershipBlock.objects.bulk_create(
        [MembershipBlock(segment_id=segment_id, block=number, members=low) for number, low in contents.items() if low],
        update_conflicts=True,
        unique_fields=("segment", "block"),
        update_fields=("members",),
        batch_size=500,
    )


_NOW_AND_CHANGES = """
    SELECT NULL::bigint, block, members, NULL FROM segments_membershipblock WHERE segment_id = %(segment)s
    UNION ALL
    SELECT run.id, NULL, change.entered, change."left"
      FROM segments_runchange AS change JOIN segments_run AS run ON run.id = change.run_id
     WHERE run.segment_id = %(segment)s AND run.id > %(after)s
"""


def _now_and_changes(segment_id: int, *, after: int) -> tuple[BitMap64, list[Changes]]:
    """The stored set and the changes of all runs after one, newest first.

    One statement, so that both are of one moment: a run that stores in between would be undone without being there.
    """
    blocks: list[tuple[int, bytes]] = []
    later: dict[int, Changes] = {}
    with connection.cursor() as cursor:
        cursor.execute(_NOW_AND_CHANGES, {"segment": segment_id, "after": after})
        for run_id, block, first, second in cursor.fetchall():
            if run_id is None:
                blocks.append((block, bytes(first)))
            else:
                later[run_id] = Changes(BitMap64.deserialize(bytes(first)), BitMap64.deserialize(bytes(second)))
    return bitmaps.joined(blocks), [later[run_id] for run_id in sorted(later, reverse=True)]
