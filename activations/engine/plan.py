"""The difference between an audience and what is on record as delivered, in one snapshot of the database.

Members are walked in ascending order, the audience in chunks and the deliveries as a stream beside it; only ids stay
in memory, and eight bytes for each key of the audience.
"""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction
from pyroaring import BitMap64

from activations.columns import Source
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
    that only we must: the tool never had the key, or another member of the audience has it now."""

    audience: Audience
    to_send: BitMap64 = field(default_factory=BitMap64)
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
        plan = _compare(activation, mapping, audience.among(activation, mapping, some), some)
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
    leaving: list[tuple[int, int]] = []
    deliveries = _Stream(activation, some)
    for ids in sources.chunks(now.members):
        wanted = {row.member: row for row in sources.wanted(mapping, activation.segment.unit, ids)}
        keys.extend(hash(row.key) for row in wanted.values())
        settled = BitMap64()
        for row in deliveries.until(ids[-1]):
            _judge(plan, row, wanted.get(row.member), settled, leaving)
        plan.to_send |= BitMap64(wanted) - settled
    for row in deliveries.until(None):
        _judge(plan, row, None, BitMap64(), leaving)
    _leave(plan, leaving, keys)
    return plan


def _judge(plan: Plan, row: Row, wanted: Wanted | None, settled: BitMap64, leaving: list[tuple[int, int]]) -> None:
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
        leaving.append((hash(row.key), row.pk))


def _leave(plan: Plan, leaving: list[tuple[int, int]], keys: "array[int]") -> None:
    departing = {key for key, _ in leaving}
    still_used = {key for key in keys if key in departing} if departing else set()
    for key, pk in leaving:
        (plan.forget if key in still_used else plan.removals).append(pk)


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
