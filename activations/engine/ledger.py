"""Writes what is on record as delivered (I10). Every function is called in a transaction that holds the run."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Case, F, QuerySet, When
from django.db.models.functions import Coalesce, Now

from activations.destinations.base import Fate, Mode, Outcome, Record
from activations.engine.sources import Payload, as_array
from activations.models import Activation, Delivery, SyncRun

State = Delivery.State

_SENDING = """
    INSERT INTO activations_delivery (activation_id, member, key, payload_hash, state, run_id)
    SELECT %(activation)s, member, key, payload_hash, 'sending', %(run)s
      FROM ROWS FROM (unnest(%(members)s::bigint[]), json_array_elements_text(%(keys)s), unnest(%(hashes)s::bigint[]))
           AS sent(member, key, payload_hash)
    ON CONFLICT (activation_id, member, key)
    DO UPDATE SET state = 'sending', payload_hash = excluded.payload_hash, run_id = excluded.run_id,
        revision = activations_delivery.revision + (activations_delivery.state <> 'sending'
            OR activations_delivery.payload_hash <> excluded.payload_hash)::int
    RETURNING member, id, revision, delivered_at IS NULL
"""

# One statement for the answers to a whole batch; only these constants are pasted into it.
_ANSWERS = """
    UPDATE activations_delivery SET {changes}
      FROM unnest(%(pks)s::bigint[], %(texts)s::text[]) AS answer(id, text)
     WHERE activations_delivery.id = answer.id AND activations_delivery.state = 'sending'"""
_REMOTE_IDS = _ANSWERS.format(changes="remote_id = answer.text").rpartition(" AND ")[0]
_REASONS = _ANSWERS.format(changes="reason = answer.text").replace("'sending'", "'removing'")
_REFUSED = _ANSWERS.format(changes="state = 'rejected', reason = answer.text, delivered_at = NULL")
_REFUSED_CHANGES = _ANSWERS.format(
    changes="""reason = answer.text,
    state = CASE WHEN delivered_at IS NULL THEN 'rejected' ELSE 'delivered' END"""
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One delivery on its way, with what is sent of it."""

    pk: int
    record: Record


def revoke(activations: QuerySet[Activation], members: Iterable[int]) -> int:
    """Have these people removed before anything else happens; answers how many deliveries that is.

    Called in a transaction that holds the people, so nobody is sent meanwhile. An answer that is on its way changes
    nothing of it.
    """
    there = (State.SENDING, *Delivery.PRESENT)
    rows = Delivery.objects.filter(activation__in=activations, member__in=list(members), state__in=there)
    return rows.update(state=State.REMOVING, run=None, reason="", revision=F("revision") + 1)


def detach(run: SyncRun) -> None:
    """Take what earlier attempts left unanswered off their runs: this attempt decides about it anew."""
    _uncertain(run.activation_id).exclude(run=None).update(run=None)


def give_back(run: SyncRun) -> None:
    """Let another run ask the tool at once to forget those whom this one, which has failed, did not get answered."""
    Delivery.objects.filter(run=run, state=State.REMOVING, reason="").update(run=None)


def sending(run: SyncRun, batch: Sequence[Payload]) -> list[Entry]:
    """Record that these people are about to be sent, with the key and the payload that go out."""
    parameters: dict[str, Any] = {
        "activation": run.activation_id,
        "run": run.pk,
        "members": as_array(row.member for row in batch),
        "keys": json.dumps([row.key for row in batch]),
        "hashes": as_array(row.payload_hash for row in batch),
    }
    with connection.cursor() as cursor:
        cursor.execute(_SENDING, parameters)
        rows = {member: (pk, f"{pk}.{revision}", is_new) for member, pk, revision, is_new in cursor.fetchall()}
    found = ((row, *rows[row.member]) for row in batch)
    return [Entry(pk, Record(row.key, row.values, mark=mark, is_new=is_new)) for row, pk, mark, is_new in found]


def settled(run: SyncRun, batch: Sequence[Payload]) -> dict[int, str]:
    """The members of a batch of whom just this key and payload is there already, or was refused; with the state."""
    rows = Delivery.objects.filter(activation=run.activation_id, member__in=[row.member for row in batch])
    sure = rows.exclude(state__in=Delivery.UNCERTAIN).values_list("member", "key", "payload_hash", "state")
    on_record = {(member, key, payload_hash): state for member, key, payload_hash, state in sure}
    found = ((row.member, on_record.get((row.member, row.key, row.payload_hash))) for row in batch)
    return {member: state for member, state in found if state is not None}


def removing(run: SyncRun, pks: Sequence[int]) -> list[Entry]:
    """Record that the tool is about to be told to forget these keys."""
    rows = Delivery.objects.filter(pk__in=pks)
    revision = F("revision") + Case(When(state=State.REMOVING, then=0), default=1)
    rows.update(state=State.REMOVING, run=run, reason="", revision=revision)
    fields = ("pk", "revision", "key", "remote_id")
    found = rows.order_by("pk").values_list(*fields)
    return [Entry(pk, Record(key, (), remote, f"{pk}.{grown}", is_new=False)) for pk, grown, key, remote in found]


def forget(pks: Iterable[int]) -> None:
    """Drop rows whose key the tool never had, or rightly keeps for another member."""
    Delivery.objects.filter(pk__in=list(pks)).delete()


def sent(run: SyncRun, outcomes: Mapping[int, Outcome]) -> None:
    """Record the tool's answers to an add, by delivery. Those it holds until the end stay `sending`.

    Whoever was revoked meanwhile stays `removing`: the tool may have them now, and must forget them.
    """
    for fate, state in ((Fate.DONE, State.DELIVERED), (Fate.ACCEPTED, State.ACCEPTED)):
        _settle(run, [pk for pk, outcome in outcomes.items() if outcome.fate == fate], state)
    _execute(_REMOTE_IDS, {pk: outcome.remote_id for pk, outcome in outcomes.items() if outcome.remote_id})
    _refuse(run, {pk: outcome.reason for pk, outcome in outcomes.items() if outcome.fate == Fate.REJECTED})


def removed(run: SyncRun, outcomes: Mapping[int, Outcome]) -> None:
    """Record the tool's answers to a removal. A refused one stays `removing` and is asked for again next time."""
    gone = [pk for pk, outcome in outcomes.items() if outcome.fate in (Fate.DONE, Fate.ACCEPTED)]
    _count(run, removed=Delivery.objects.filter(pk__in=gone).delete()[0])
    refused = {pk: outcome.reason for pk, outcome in outcomes.items() if outcome.fate == Fate.REJECTED}
    _execute(_REASONS, refused)
    _count(run, rejected=len(refused))


def settle_held(run: SyncRun, outcome: Outcome) -> None:
    """The tool has confirmed the run as a whole: whatever it held is there, whatever it was to forget is gone."""
    state = State.DELIVERED if outcome.fate == Fate.DONE else State.ACCEPTED
    held = _uncertain(run.activation_id).filter(run=run)
    _settle(run, held.filter(state=State.SENDING), state)
    gone, _ = held.filter(state=State.REMOVING, reason="").delete()
    _count(run, removed=gone)


def _uncertain(activation_id: int) -> QuerySet[Delivery]:
    return Delivery.objects.filter(activation=activation_id, state__in=Delivery.UNCERTAIN)


def _settle(run: SyncRun, which: Sequence[int] | QuerySet[Delivery], state: str) -> None:
    """Make `sending` rows present; who was never there before counts as added, the others as updated."""
    if isinstance(which, QuerySet):
        rows = which
    elif which:
        rows = Delivery.objects.filter(pk__in=which, state=State.SENDING)
    else:
        return
    new = rows.filter(delivered_at=None).count()
    now = rows.update(state=state, reason="", delivered_at=Coalesce("delivered_at", Now()))
    _count(run, added=new, updated=now - new)


def _refuse(run: SyncRun, reasons: Mapping[int, str]) -> None:
    """Where only changes are sent, a refused one leaves what the tool took before: such a row still is present."""
    _execute(_REFUSED if run.activation.mode == Mode.REPLACE else _REFUSED_CHANGES, reasons)
    _count(run, rejected=len(reasons))


def _execute(query: str, texts: Mapping[int, str]) -> None:
    if texts:
        with connection.cursor() as cursor:
            cursor.execute(query, {"pks": list(texts), "texts": list(texts.values())})


def _count(run: SyncRun, **more: int) -> None:
    changes = {name: F(name) + number for name, number in more.items() if number}
    if changes:
        SyncRun.objects.filter(pk=run.pk).update(**changes)
