"""Runs as of moments that have passed, for whoever feeds an installation its past, day by day.

What a run of the past finds is what was known then only if the data is brought in up to that moment and no further:
events have their time, but traits are as they are now.
"""

from datetime import datetime
from time import monotonic

from segments.models import Run
from segments.runs import queue, work
from segments.runs.due import live_segments


def replay(as_of: datetime) -> int:
    """Compute every live segment as of a past moment; answers how many runs ended.

    To be called with growing moments, before the first run of the present: the newest run is the one that counts.
    """
    segments = [segment.pk for segment in live_segments()]
    queue.ask(segments, Run.Trigger.REPLAY)
    Run.objects.filter(segment__in=segments, state=Run.State.QUEUED).update(trigger=Run.Trigger.REPLAY)
    return work.compute(queue.claim_batch(as_of), monotonic() + work.SECONDS)
