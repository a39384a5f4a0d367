"""Whether signals have left the members as a run of everybody finds them: the check that must find nothing."""

import logging
from datetime import datetime

from django.db.models import Sum

from segments.increments import closing, signals
from segments.membership import Changes
from segments.models import Run
from segments.rules.catalogue import Unit
from segments.runs.due import full_runs

logger = logging.getLogger(__name__)


def of(run: Run, changes: Changes) -> int | None:
    """How many members a check found in another state than signals had left them in, in its storing transaction.

    Members about whom signals still wait are not counted. None for a run that is no check, and where everybody was to
    be counted anew anyway.
    """
    if not _can_tell(run):
        return None
    waiting = signals.take(most=signals.BACKLOG)
    if waiting is not None and waiting.many:
        return None
    differing = changes.entered | changes.left
    if differing and waiting is not None:
        reached = closing.closed(waiting.changed(Unit.PROFILE), waiting.changed(Unit.COMPANY))
        differing -= reached.of(Unit(run.segment.unit))
    if differing:
        some = ", ".join(map(str, list(differing)[:5]))
        logger.error("%s: signals had left %s members in another state, such as %s", run, len(differing), some)
    return len(differing)


def found_since(moment: datetime) -> int:
    """How many members all checks since then have found in another state."""
    checks = Run.objects.filter(drift__gt=0, finished_at__gt=moment)
    return checks.aggregate(total=Sum("drift"))["total"] or 0


def _can_tell(run: Run) -> bool:
    """Whether the last run of everybody was of the same version, and nothing but signals has had to be taken over."""
    trigger, again = Run.objects.values_list("trigger", "again").get(pk=run.pk)
    if trigger != Run.Trigger.CHECK or again:
        return False
    before = full_runs().filter(segment=run.segment_id, state=Run.State.SUCCEEDED, pk__lt=run.pk).first()
    return before is not None and before.version_id == run.version_id
