"""The part of the tools in how the installation is."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Max, Min, Q

from activations.models import SyncRun


def told() -> Mapping[str, Any]:
    """`sync_runs`: those under way, and the last that ended."""
    is_open = Q(state__in=SyncRun.OPEN)
    return {
        "sync_runs": SyncRun.objects.aggregate(
            waiting=Count("pk", filter=is_open),
            oldest=Min("queued_at", filter=is_open),
            last_finished=Max("finished_at"),
        )
    }
