"""Carries a plan to the tool, batch by batch: on record as on its way, then the call, then on record as answered.

Removals go first: if the run is cut short, those who must not be there are gone, and a key that moved from one member
to another is added after it was taken away.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from activations.columns import Source
from activations.destinations.base import (
    ACCEPTED,
    Answer,
    CountedAnswer,
    Destination,
    KeyedAnswer,
    Mode,
    OrderedAnswer,
    Outcome,
    Record,
)
from activations.engine import audience, ledger, sources
from activations.engine.ledger import Entry
from activations.engine.plan import Plan
from activations.engine.sources import Payload
from activations.models import Delivery, SyncRun
from lib import leases
from lib.failpoints import reach
from profiles import contact
from profiles.models import Unit

RECORDS_AT_ONCE = 10_000
"""Rows of one transaction and of one call, whatever a tool could take: what bounds memory."""


@dataclass(frozen=True)
class Courier:
    """One attempt of one run, with its tool. `size` is in records per call."""

    run: SyncRun
    destination: Destination
    mapping: Sequence[Source]
    unit: str
    mode: Mode

    @property
    def size(self) -> int:
        return min(self.destination.capabilities.batch_size, RECORDS_AT_ONCE)

    def carry(self, plan: Plan) -> int:
        """Send the whole plan. Answers how many members were gone before their turn. Raises `LeaseLostError` as soon
        as another worker has the run, and what the destination raises."""
        with transaction.atomic():
            leases.hold(self.run)
            ledger.detach(self.run)
        for start in range(0, len(plan.forget), RECORDS_AT_ONCE):
            with transaction.atomic():
                leases.hold(self.run)
                ledger.forget(plan.forget[start : start + RECORDS_AT_ONCE])
        for start in range(0, len(plan.removals), self.size):
            self._remove(plan.removals[start : start + self.size].tolist())
        everyone = plan.audience.members if self.mode == Mode.REPLACE else plan.to_send
        return sum(self._add(ids) for ids in sources.chunks(everyone, self.size))

    def _remove(self, pks: Sequence[int]) -> None:
        with transaction.atomic():
            leases.hold(self.run)
            entries = ledger.removing(self.run, pks)
        reach("sync.removing")
        if self.mode == Mode.REPLACE:
            return  # not to be among those sent is to be removed, once the run is finished
        answer = self.destination.remove([entry.record for entry in entries])
        reach("sync.removed")
        with transaction.atomic():
            leases.hold(self.run)
            ledger.removed(self.run, outcomes(answer, entries))
        reach("sync.removal_recorded")

    def _add(self, ids: Sequence[int]) -> int:
        with transaction.atomic():
            leases.hold(self.run)
            batch = list(sources.payloads(self.mapping, self.unit, self._sendable(ids)))
            known = self._known(batch)
            entries = ledger.sending(self.run, [row for row in batch if row.member not in known])
        reach("sync.sending")
        unchanged = [
            Record(row.key, row.values, is_new=False) for row in batch if known.get(row.member) in Delivery.PRESENT
        ]
        answer = self.destination.add([*(entry.record for entry in entries), *unchanged])
        reach("sync.sent")
        with transaction.atomic():
            leases.hold(self.run)
            ledger.sent(self.run, outcomes(answer, entries))
        reach("sync.recorded")
        return len(ids) - len(batch)

    def _sendable(self, ids: Sequence[int]) -> list[int]:
        """I9: those who are there and may be sent, and whose word nobody changes before this transaction's end."""
        if self.unit == Unit.COMPANY:
            return list(ids)
        return sorted(contact.contactable(contact.hold(ids), audience.channel_of(self.run.activation)))

    def _known(self, batch: Sequence[Payload]) -> dict[int, str]:
        """In a run that sends everybody: the members of whom the tool has, or refused, just this; with the state."""
        return ledger.settled(self.run, batch) if self.mode == Mode.REPLACE else {}


def outcomes(answer: Answer, entries: Sequence[Entry]) -> dict[int, Outcome]:
    """The tool's answer by delivery, whatever its style. An answer that is too short raises ValueError."""
    match answer:
        case OrderedAnswer(rows):
            return {entry.pk: outcome for entry, outcome in zip(entries, rows[: len(entries)], strict=True)}
        case KeyedAnswer(by_key, others):
            return {entry.pk: by_key.get(entry.record.key, others) for entry in entries}
        case CountedAnswer():
            return {entry.pk: ACCEPTED for entry in entries}
