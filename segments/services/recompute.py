"""Asking for a run."""

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit, policy
from accounts.actors import Actor
from accounts.policy import Action
from lib import doorbells
from segments import tasks
from segments.models import Run, Segment
from segments.runs import queue


@transaction.atomic
def request_recompute(*, actor: Actor, segment: Segment, trigger: str = Run.Trigger.MANUAL) -> Run:
    """Have the members computed as of a moment after this call; answers the open run.

    Raises `ValidationError` unless the segment is live: a draft has no rule in force, a paused one keeps its members.
    """
    policy.require(actor, Action.EDIT, segment.team)
    state = Segment.objects.values_list("state", flat=True).get(pk=segment.pk)
    if state != Segment.State.LIVE:
        advice = "resume it" if state == Segment.State.PAUSED else "publish a version"
        raise ValidationError(f"A {state} segment is not recomputed: {advice} first.", code="state")
    run = ask(segment, trigger)
    audit.record(actor=actor, action="segment.recompute", target=segment, team=segment.team, after={"run": run.pk})
    return run


def ask(segment: Segment, trigger: str) -> Run:
    """The open run of a live segment, and the bell rung for it, in the caller's transaction."""
    queue.ask([segment.pk], trigger)
    doorbells.ring(tasks.compute_waiting)
    return Run.objects.filter(segment=segment).order_by("-id")[0]
