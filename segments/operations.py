"""The part of the membership loop in how the installation is."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Max, Min, Q

from profiles.models import Signal
from segments.models import MicroBatch, Run
from segments.runs.due import OPEN


def told() -> Mapping[str, Any]:
    """`runs`: those under way and the last that ended; `signals`: those that wait and the last micro-batch."""
    runs = Run.objects.aggregate(
        waiting=Count("pk", filter=Q(state__in=OPEN)),
        oldest=Min("queued_at", filter=Q(state__in=OPEN)),
        last_finished=Max("finished_at"),
    )
    last = MicroBatch.objects.order_by("-pk").first()
    signals = {
        "waiting": Signal.objects.filter(due_at=None).count(),
        "last_finished": last.finished_at if last else None,
        "waited_ms": last.waited_ms if last else None,
    }
    return {"runs": runs, "signals": signals}
