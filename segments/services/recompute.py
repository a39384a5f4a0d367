"""Asking for a run."""

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from lib import doorbells
from segments import tasks
from segments.models import Run, Segment
from segments.runs import queue
from segments.services.access import EDITORS, require


@transaction.atomic
def request_recompute(*, segment: Segment, trigger: str = Run.Trigger.MANUAL, actor: User | None) -> Run:
    """Have the members computed as of a moment after this call; answers the open run.

    Raises `ValidationError` unless the segment is live: a draft has no rule in force, a paused one keeps its members.
    """
    require(actor, segment.team, EDITORS)
    state = Segment.objects.values_list("state", flat=True).get(pk=segment.pk)
    if state != Segment.State.LIVE:
        advice = "resume it" if state == Segment.State.PAUSED else "publish a version"
        raise ValidationError(f"A {state} segment is not recomputed: {advice} first.", code="state")
    queue.ask([segment.pk], trigger)
    doorbells.ring(tasks.compute_waiting)
    return Run.objects.filter(segment=segment).order_by("-id")[0]
