"""A sync run as commands and the API tell it."""

from datetime import datetime
from typing import Any

from activations.models import SyncRun

COUNTS = ("added", "updated", "removed", "unchanged", "rejected", "skipped", "removals_planned")
MOMENTS = ("queued_at", "started_at", "finished_at", "next_attempt_at")


def describe(run: SyncRun) -> dict[str, Any]:
    """A run as a JSON document; instants are ISO 8601."""
    return {
        "id": run.pk,
        "activation": run.activation.key,
        "segment": run.activation.segment.key,
        "segment_run": run.segment_run_id,
        "members_as_of": _iso(run.segment_run.as_of if run.segment_run else None),
        "trigger": run.trigger,
        "state": run.state,
        "attempts": run.attempts,
        **{name: _iso(getattr(run, name)) for name in MOMENTS},
        "funnel": run.whole_funnel,
        **{name: getattr(run, name) for name in COUNTS},
        "failure_code": run.failure_code,
        "failure": run.failure,
        "note": run.note,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
