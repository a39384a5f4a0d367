"""Who is a member: the sets that runs have stored, now and at any run before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import QuerySet
from pyroaring import BitMap64

from lib import bitmaps
from lib.doorbells import Bell
from segments.models import MembershipBlock, Run, RunChange

CHANGED: Final = Bell("members")
"""Rings once a transaction in which members entered or left has committed."""


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


def load_many(segment_ids: Sequence[int]) -> dict[int, BitMap64]:
    """The members of several segments, as their last good runs left them, in one query; empty sets for none."""
    rows = MembershipBlock.objects.filter(segment__in=segment_ids).order_by("segment", "block")
    blocks: dict[int, list[tuple[int, bytes]]] = {pk: [] for pk in segment_ids}
    for segment_id, number, low in rows.values_list("segment_id", "block", "members").iterator():
        blocks[segment_id].append((number, bytes(low)))
    return {pk: bitmaps.joined(found) for pk, found in blocks.items()}


def contains(segment_id: int, member_id: int) -> bool:
    """Whether one profile (or company) is a member; reads one block."""
    block = _blocks(segment_id).filter(block=bitmaps.block_of(member_id)).values_list("members", flat=True).first()
    return block is not None and bitmaps.holds(bytes(block), member_id)


def lock_instants() -> None:
    """Runs of everybody take their instant, and micro-batches store, one after the other: whoever waits here takes a
    later one than whoever was before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('segments.instants'))")


def lock(segment_ids: Iterable[int]) -> None:
    """Be the only one who writes the members of these segments, in order, until the end of the transaction."""
    with connection.cursor() as cursor:
        for segment_id in sorted(segment_ids):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('segments.members'), %s)", [segment_id])


def store(run: Run, members: BitMap64) -> Changes:
    """Make `members` the segment's set, inside the run's transaction; writes only the blocks that change.

    Who was touched by signals meanwhile stays as that has left them (`Run.touched`). Answers who entered and who left,
    which the run keeps, and tells the run how many members there are.
    """
    lock([run.segment_id])
    before = load(run.segment_id)
    members = _with_touched(run, members, before)
    changes = Changes(entered=members - before, left=before - members)
    run.members, run.entered, run.left = len(members), len(changes.entered), len(changes.left)
    if changes:
        _write_blocks(run.segment_id, members, bitmaps.block_numbers(changes.entered | changes.left))
        RunChange.objects.create(run=run, entered=changes.entered.serialize(), left=changes.left.serialize())
    return changes


def _with_touched(run: Run, members: BitMap64, before: BitMap64) -> BitMap64:
    stored = Run.objects.values_list("touched", flat=True).get(pk=run.pk)
    if stored is None:
        return members
    touched = BitMap64.deserialize(bytes(stored))
    return (members - touched) | (before & touched)


def drop(segment_id: int, member: int) -> None:
    """Take one member out of a set that no run keeps up to date, in the transaction under way."""
    lock([segment_id])
    _write_blocks(segment_id, load(segment_id) - BitMap64([member]), [bitmaps.block_of(member)])


def at_run(run: Run) -> BitMap64:
    """The members just after a good run: the stored set with every later change undone, newest first."""
    members, later = _now_and_changes(run.segment_id, after=run.finished_at)
    for changes in later:
        changes.undo(members)
    return members


def changes_since(segment_id: int, moment: datetime) -> Changes:
    """Who entered and who left, all in all, by the runs that finished after `moment`: who came and went is neither."""
    now, later = _now_and_changes(segment_id, after=moment)
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
    SELECT NULL::timestamptz, block, members, NULL FROM segments_membershipblock WHERE segment_id = %(segment)s
    UNION ALL
    SELECT run.finished_at, NULL, change.entered, change."left"
      FROM segments_run AS run JOIN segments_runchange AS change ON run.id = change.run_id
     WHERE run.segment_id = %(segment)s AND run.state = 'succeeded' AND run.finished_at > %(after)s
"""


def _now_and_changes(segment_id: int, *, after: datetime | None) -> tuple[BitMap64, list[Changes]]:
    """The stored set and the changes of all runs that were stored after a moment, newest first.

    One statement, so that both are of one moment: a run that stores in between would be undone without being there.
    Runs of one segment are stored one after the other (`lock`), and each says when, so no two say the same.
    """
    blocks: list[tuple[int, bytes]] = []
    later: dict[datetime, Changes] = {}
    with connection.cursor() as cursor:
        cursor.execute(_NOW_AND_CHANGES, {"segment": segment_id, "after": after})
        for stored_at, block, first, second in cursor.fetchall():
            if stored_at is None:
                blocks.append((block, bytes(first)))
            else:
                later[stored_at] = Changes(BitMap64.deserialize(bytes(first)), BitMap64.deserialize(bytes(second)))
    return bitmaps.joined(blocks), [later[stored_at] for stored_at in sorted(later, reverse=True)]
