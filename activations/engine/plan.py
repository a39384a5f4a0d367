"""The difference between an audience and what is on record as delivered, in one snapshot of the database.

Members are walked in ascending order, the audience in chunks and the deliveries as a stream beside it; only ids stay
in memory, and eight bytes for each key of the audience.
"""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction
from pyroaring import BitMap64

from activations.columns import Source
from activations.destinations.base import Mode
from activations.engine import audience, sources
from activations.engine.audience import Audience
from activations.engine.sources import Wanted
from activations.models import Activation, Delivery
from segments import membership

STREAM = 10_000
"""Deliveries fetched at a time."""

State = Delivery.State


class Row(NamedTuple):
    """What the difference needs to know of one delivery."""

    member: int
    key: str
    payload_hash: int
    state: str
    pk: int


@dataclass
class Plan:
    """What a run will do. `removals` holds pks of deliveries whose key the tool must forget, `forget` those of rows
    that only we must: the tool never had the key, or another member of the audience has it now. `decided`: how many of
    the removals were decided before, by a run or by a change of consent; nobody is asked about them again."""

    audience: Audience
    to_send: BitMap64 = field(default_factory=BitMap64)
    decided: int = 0
    present: int = 0
    refused: int = 0
    removals: "array[int]" = field(default_factory=lambda: array("q"))
    forget: "array[int]" = field(default_factory=lambda: array("q"))


def make(activation: Activation, mapping: Sequence[Source]) -> Plan:
    """Compare. Raises `RefusedError` where the segment has no members to go by."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return _compare(activation, mapping, audience.current(activation, mapping))


def make_for_changes(activation: Activation, mapping: Sequence[Source], since: datetime) -> Plan:
    """Compare those alone who have come or gone by what was stored after `since`."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        changes = membership.changes_since(activation.segment_id, since)
        some = changes.entered | changes.left
        return _compare_some(activation, mapping, some, "came or went")


def make_for_revoked(activation: Activation, mapping: Sequence[Source]) -> Plan:
    """Compare those alone whom the tool must forget."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        rows = Delivery.objects.filter(activation=activation, state=State.REMOVING)
        return _compare_some(activation, mapping, BitMap64(rows.values_list("member", flat=True)), "to be forgotten")


def for_a_test(made: Plan) -> Plan:
    """One record of a plan: of who would be sent, or else of who is there; nobody is removed."""
    one = BitMap64((made.to_send or made.audience.members)[:1])
    step: dict[str, str | int] = {"step": "test", "label": "one of them, as a test", "left": len(one)}
    found = replace(made.audience, members=one, funnel=[*made.audience.funnel, step])
    return Plan(found, to_send=one, present=made.present)


def _compare_some(activation: Activation, mapping: Sequence[Source], some: BitMap64, who: str) -> Plan:
    plan = _compare(activation, mapping, audience.among(activation, mapping, some, who), some)
    plan.present = Delivery.objects.filter(activation=activation).exclude(state=State.REJECTED).count()
    _keep_shared(activation, plan)
    return plan


def _keep_shared(activation: Activation, plan: Plan) -> None:
    """Do not remove a key over there that another member, of whom nothing has changed, has too."""
    leaving = Delivery.objects.filter(pk__in=plan.removals.tolist())
    others = Delivery.objects.filter(activation=activation, key__in=leaving.values("key"))
    others = others.exclude(state=State.REJECTED).exclude(pk__in=plan.removals.tolist())
    members = membership.load(activation.segment_id)
    shared = {key for key, member in others.values_list("key", "member") if member in members}
    for pk in leaving.filter(key__in=shared).values_list("pk", flat=True):
        plan.removals.remove(pk)
        plan.forget.append(pk)


def _compare(activation: Activation, mapping: Sequence[Source], now: Audience, some: BitMap64 | None = None) -> Plan:
    plan = Plan(now)
    keys = array("q")  # hashes: 64 bits tell a few thousand departing keys from a million with room to spare
    leaving: list[Row] = []
    usable = BitMap64()
    deliveries = _Stream(activation, some)
    judge = _judge_once if activation.mode == Mode.ADD else _judge
    for ids in sources.chunks(now.members):
        wanted = {row.member: row for row in sources.wanted(mapping, activation.segment.unit, ids)}
        keys.extend(hash(row.key) for row in wanted.values())
        settled = BitMap64()
        for row in deliveries.until(ids[-1]):
            judge(plan, row, wanted.get(row.member), settled, leaving)
        plan.to_send |= BitMap64(wanted) - settled
        usable.update(wanted)
    for row in deliveries.until(None):
        judge(plan, row, None, BitMap64(), leaving)
    plan.audience = audience.usable(now, mapping, usable)
    _leave(plan, _who_must(activation, mapping, leaving, usable), keys)
    return plan


def _judge(plan: Plan, row: Row, wanted: Wanted | None, settled: BitMap64, leaving: list[Row]) -> None:
    """Decide about one delivery; `settled` collects members who need nothing sent."""
    plan.present += row.state != State.REJECTED
    same_key = wanted is not None and wanted.key == row.key
    if same_key and row.state not in Delivery.UNCERTAIN:
        if wanted is not None and wanted.payload_hash == row.payload_hash:
            settled.add(row.member)
            plan.refused += row.state == State.REJECTED
    elif not same_key and row.state == State.REJECTED:
        plan.forget.append(row.pk)
    elif not same_key:
        leaving.append(row)


def _judge_once(plan: Plan, row: Row, wanted: Wanted | None, settled: BitMap64, leaving: list[Row]) -> None:
    """Decide where who has come is left alone: whatever has changed of somebody over there, nothing is sent."""
    if wanted is not None and row.state in Delivery.PRESENT:
        plan.present += 1
        settled.add(row.member)
    else:
        _judge(plan, row, wanted, settled, leaving)


def _who_must(activation: Activation, mapping: Sequence[Source], leaving: list[Row], usable: BitMap64) -> list[Row]:
    """The rows of those whom the tool must forget, and those of keys that a member has no more."""
    gone = BitMap64(row.member for row in leaving) - usable
    must_go = audience.must_go(activation, mapping, gone) if gone else gone
    return [row for row in leaving if row.member in usable or row.member in must_go]


def _leave(plan: Plan, leaving: list[Row], keys: "array[int]") -> None:
    departing = {hash(row.key) for row in leaving}
    still_used = {key for key in keys if key in departing} if departing else set()
    for row in leaving:
        is_shared = hash(row.key) in still_used
        (plan.forget if is_shared else plan.removals).append(row.pk)
        plan.decided += not is_shared and row.state == State.REMOVING


class _Stream:
    """The deliveries of an activation, or of some members, in order of members, read from the server as needed."""

    def __init__(self, activation: Activation, some: BitMap64 | None) -> None:
        fields = ("member", "key", "payload_hash", "state", "pk")
        rows = Delivery.objects.filter(activation_id=activation.pk).order_by("member", "key").values_list(*fields)
        rows = rows if some is None else rows.filter(member__in=list(some))
        self._rows: Iterator[Row] = map(Row._make, rows.iterator(chunk_size=STREAM))
        self._next = next(self._rows, None)

    def until(self, member: int | None) -> Iterator[Row]:
        """The rows up to and with `member` that were not given yet; None gives all the rest."""
        while self._next is not None and (member is None or self._next.member <= member):
            yield self._next
            self._next = next(self._rows, None)
