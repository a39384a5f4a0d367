"""The reader's part: take the signals that wait, look at whom they reach, store what has changed (DESIGN section 5).

1. The signals are read. They were committed with what they tell of, so every state from now on has it.
2. The segments that any of them concerns are found, and whom they reach: closed over companies where one needs that.
3. One snapshot of these members alone answers all those segments at one instant.
4. One transaction checks the fence, stores members, and deletes exactly the signals that were read.

A signal that comes in between is a row of its own, and waits for the next micro-batch.
"""

import logging
from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from time import monotonic, perf_counter

from django.conf import settings
from django.db import transaction

from lib import clock, failpoints, leases
from lib.leases import LeaseLostError
from segments import engine, membership
from segments.engine.queries import LAKE_UNREADABLE
from segments.increments import candidates, signals
from segments.increments import closing as reach
from segments.increments.candidates import Candidate, Candidates
from segments.increments.closing import Reached
from segments.increments.concerns import touched
from segments.increments.signals import Claim
from segments.increments.storing import Decided, store
from segments.models import MicroBatch, SignalReader
from segments.rules.catalogue import Unit
from segments.runs import queue

logger = logging.getLogger(__name__)

SECONDS = 240.0
"""One call works for about this long, and leaves the rest to the next: well below a task's time limit."""

LEASE_SECONDS = min(settings.LEASE_SECONDS, 10)
"""Short: signals wait as long when a reader has died."""

POINTS = failpoints.declare("signals.taken", "signals.evaluated", "signals.held", "signals.stored", "signals.committed")


def work(seconds: float = SECONDS) -> int:
    """Take signals until none is left or the time is up; answers how many micro-batches it made of them.

    0 where another process is taking them.
    """
    deadline = monotonic() + seconds
    SignalReader.objects.get_or_create(pk=1)
    batches = 0
    for reader in leases.claim(SignalReader.objects.all(), seconds=LEASE_SECONDS):
        try:
            with leases.kept([reader], seconds=LEASE_SECONDS):
                while monotonic() < deadline and _micro_batch(reader):
                    batches += 1
        except LeaseLostError as lost:
            logger.warning("%s, so nothing was written", lost)
        finally:
            leases.release(reader)
    return batches


def _micro_batch(reader: SignalReader) -> bool:
    """Take some signals; whether there were any."""
    claim = signals.take()
    if claim is None:
        return False
    failpoints.reach("signals.taken")
    started = clock.now()
    known = candidates.load()
    plan = _plan(claim, known)
    began = perf_counter()
    answers = _decide(plan, started, known)
    failpoints.reach("signals.evaluated")
    _store(reader, claim, plan, answers, started, perf_counter() - began)
    failpoints.reach("signals.committed")
    return True


@dataclass(frozen=True, slots=True)
class _Plan:
    """Whom to look at for which segments, and for which segments to count everybody instead."""

    reached: Reached
    concerned: tuple[Candidate, ...]
    recounted: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class _Answers:
    """What was decided, and the segments about which nothing could be."""

    decided: tuple[Decided, ...]
    failed: tuple[Candidate, ...]


def _plan(claim: Claim, known: Candidates) -> _Plan:
    concerns = [each.concern for each in known.found]
    many = {concern.key for concern in touched(concerns, claim.many)}
    few = {concern.key for concern in touched(concerns, claim.members)} - many
    concerned = [each for each in known.found if each.concern.key in few]
    wide = [each for each in concerned if each.concern.reaches_companies]
    reached = Reached(claim.changed(Unit.PROFILE), claim.changed(Unit.COMPANY))
    if wide:
        closed = reach.closed(reached.profiles, reached.companies)
        if closed.too_many:
            many |= {each.concern.key for each in wide}
            concerned = [each for each in concerned if each not in wide]
        else:
            reached = closed
    recounted = [each for each in known.found if each.concern.key in many]
    return _Plan(reached, tuple(concerned), tuple(recounted))


def _decide(plan: _Plan, as_of: datetime, known: Candidates) -> _Answers:
    """Who of those who were reached is a member of what, over one snapshot at one instant.

    Raises `EngineError` where the lake can't be read: the signals wait, and are tried again with the next tick.
    """
    jobs = [
        engine.Job(each.concern.definition, as_of, key=each.concern.key, refers_to=each.refers_to)
        for each in plan.concerned
    ]
    decided, failed = [], []
    if jobs:
        with closing(engine.evaluate_many(jobs, catalogue=known.catalogue, only=plan.reached.only)) as outcomes:
            for place, outcome in outcomes:
                candidate = plan.concerned[place]
                if isinstance(outcome, engine.Result):
                    looked_at = plan.reached.of(candidate.concern.definition.unit)
                    decided.append(Decided(candidate, looked_at, outcome.members))
                elif outcome.code == LAKE_UNREADABLE:
                    raise outcome
                else:
                    failed.append(candidate)
                    logger.warning("Signals about %s: %s", candidate.concern.key, outcome.message)
    return _Answers(tuple(decided), tuple(failed))


def _store(
    reader: SignalReader, claim: Claim, plan: _Plan, answers: _Answers, started: datetime, seconds: float
) -> None:
    """One transaction. Raises `LeaseLostError` where another process has taken over; then nothing is written."""
    anew = [*plan.recounted, *answers.failed]
    began = perf_counter()
    with transaction.atomic():
        leases.hold(reader)
        failpoints.reach("signals.held")
        batch = _batch(claim, plan, started, seconds, recounted=len(anew))
        changed = store(batch, answers.decided)
        queue.recount(_ids(anew), batch.as_of)
        signals.forget(claim)
        batch.store_ms = round((perf_counter() - began) * 1000)
        batch.waited_ms = max(round((batch.finished_at - claim.since).total_seconds() * 1000), 0)
        batch.save(update_fields=["store_ms", "waited_ms"])
        if changed:
            membership.CHANGED.ring()
        failpoints.reach("signals.stored")


def _batch(claim: Claim, plan: _Plan, started: datetime, seconds: float, *, recounted: int) -> MicroBatch:
    return MicroBatch(
        as_of=started,
        started_at=started,
        signals=len(claim.ids),
        waited_ms=0,
        profiles=len(plan.reached.profiles),
        companies=len(plan.reached.companies),
        segments=len(plan.concerned),
        recounted=recounted,
        evaluate_ms=round(seconds * 1000),
        store_ms=0,
    )


def _ids(some: Collection[Candidate]) -> list[int]:
    return [each.segment_id for each in some]
