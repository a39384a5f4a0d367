"""What a micro-batch found becomes members, in the transaction that forgets its signals."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from pyroaring import BitMap64

from lib import bitmaps, clock
from segments import membership
from segments.increments.candidates import Candidate
from segments.membership import Changes
from segments.models import MembershipBlock, MicroBatch, Run, RunChange, Segment
from segments.runs import due, queue


@dataclass(frozen=True, slots=True)
class Decided:
    """Of those who were looked at, the members of one segment at `as_of`."""

    candidate: Candidate
    looked_at: BitMap64
    members: BitMap64


def store(batch: MicroBatch, decided: Sequence[Decided]) -> int:
    """Take over what was decided, where the segment still wants it; answers how many segments have changed.

    Runs of everybody that are under way, over an older state, leave these members as they are from now on; one that
    has been stored meanwhile is over a newer state, which has all that the signals told of.
    """
    ids = [each.candidate.segment_id for each in decided]
    membership.lock_instants()
    queue.follow(ids, batch.as_of)
    _touch(decided, batch.as_of)
    membership.lock(ids)
    before = _before(decided)
    wanted = _wanted(ids, batch.as_of)
    changes = {
        each.candidate.segment_id: changed
        for each in decided
        if wanted.get(each.candidate.segment_id) == each.candidate.version_id
        and (changed := _difference(each, before[each.candidate.segment_id]))
    }
    _write(changes, before)
    _record(batch, {each.candidate.segment_id: each.candidate.version_id for each in decided}, changes)
    return len(changes)


def _touch(decided: Iterable[Decided], as_of: datetime) -> None:
    """Tell the runs of everybody that are under way whom they must leave alone."""
    looked_at = {each.candidate.segment_id: each.looked_at for each in decided}
    running = Run.objects.filter(segment__in=looked_at, state=Run.State.RUNNING, as_of__lte=as_of)
    for run in running.select_for_update(of=("self",)).order_by("segment_id"):
        known = BitMap64.deserialize(bytes(run.touched)) if run.touched is not None else BitMap64()
        run.touched = (known | looked_at[run.segment_id]).serialize()
        run.save(update_fields=["touched"])


def _wanted(segment_ids: Sequence[int], as_of: datetime) -> dict[int, int]:
    """Segment → version, of those whose stored set is of the version in force and not of a later moment."""
    newest = due.full_runs().filter(segment__in=segment_ids, state=Run.State.SUCCEEDED)
    newest = newest.order_by("segment_id", "-id").distinct("segment_id").select_related("segment")
    return {
        run.segment_id: run.version_id
        for run in newest
        if run.as_of is not None
        and run.as_of <= as_of
        and run.segment.state == Segment.State.LIVE
        and run.segment.published_id == run.version_id
    }


_BLOCKS = """
    SELECT segment_id, block, members FROM segments_membershipblock
     WHERE (segment_id, block) IN (SELECT * FROM unnest(%s::bigint[], %s::bigint[]))
"""


def _before(decided: Iterable[Decided]) -> dict[int, BitMap64]:
    """Segment → all its members in the blocks of those who were looked at."""
    places = [
        (each.candidate.segment_id, number) for each in decided for number in bitmaps.block_numbers(each.looked_at)
    ]
    found: dict[int, list[tuple[int, bytes]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_BLOCKS, [[place[0] for place in places], [place[1] for place in places]])
        for segment_id, block, low in cursor.fetchall():
            found[segment_id].append((block, bytes(low)))
    return {each.candidate.segment_id: bitmaps.joined(found[each.candidate.segment_id]) for each in decided}


def _difference(each: Decided, before: BitMap64) -> Changes:
    stored = before & each.looked_at
    return Changes(entered=each.members - stored, left=stored - each.members)


def _write(changes: Mapping[int, Changes], before: Mapping[int, BitMap64]) -> None:
    """The blocks that change, of all segments in one statement; empty ones go."""
    rows, emptied = [], []
    for segment_id, changed in changes.items():
        members = (before[segment_id] | changed.entered) - changed.left
        for number in bitmaps.block_numbers(changed.entered | changed.left):
            low = bitmaps.block_bytes(members, number)
            if low is None:
                emptied.append((segment_id, number))
            else:
                rows.append(MembershipBlock(segment_id=segment_id, block=number, members=low))
    MembershipBlock.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=("segment", "block"), update_fields=("members",)
    )
    for segment_id, number in emptied:
        MembershipBlock.objects.filter(segment_id=segment_id, block=number).delete()


def _record(batch: MicroBatch, versions: Mapping[int, int], changes: Mapping[int, Changes]) -> None:
    """A run under the batch for each segment that has changed, whose blocks are written already (I7)."""
    sizes = {segment_id: len(membership.load(segment_id)) for segment_id in changes}
    batch.finished_at = clock.now()
    batch.changed = len(changes)
    batch.save()
    runs = Run.objects.bulk_create(
        Run(
            segment_id=segment_id,
            version_id=versions[segment_id],
            trigger=Run.Trigger.SIGNALS,
            state=Run.State.SUCCEEDED,
            batch=batch,
            as_of=batch.as_of,
            started_at=batch.started_at,
            finished_at=batch.finished_at,
            attempts=1,
            members=sizes[segment_id],
            entered=len(changed.entered),
            left=len(changed.left),
        )
        for segment_id, changed in changes.items()
    )
    RunChange.objects.bulk_create(_change(run, changes[run.segment_id]) for run in runs)


def _change(run: Run, changed: Changes) -> RunChange:
    return RunChange(run=run, entered=changed.entered.serialize(), left=changed.left.serialize())
