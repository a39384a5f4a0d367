"""What pages, commands and the API ask about activations."""

from typing import Any

from django.db.models import Count, QuerySet

from activations.models import Activation, Delivery, SyncRun


def latest_run(activation: Activation) -> SyncRun | None:
    """The newest run, under way or ended."""
    return SyncRun.objects.filter(activation=activation).first()


def waiting_runs() -> QuerySet[SyncRun]:
    """The runs that wait for a person, oldest first."""
    waiting = SyncRun.objects.filter(state=SyncRun.State.WAITING).order_by("pk")
    return waiting.select_related("activation__segment", "activation__connection")


def delivery_counts(activation: Activation) -> dict[str, int]:
    """How many deliveries are in each state."""
    rows = Delivery.objects.filter(activation=activation).values_list("state").annotate(rows=Count("pk"))
    return dict(rows.order_by("state"))


def describe(run: SyncRun) -> dict[str, Any]:
    """A run as a JSON document; instants are ISO 8601."""
    counts = ("added", "updated", "removed", "unchanged", "rejected", "skipped", "removals_planned")
    moments = ("queued_at", "started_at", "finished_at", "next_attempt_at")
    return {
        "id": run.pk,
        "activation": run.activation.key,
        "segment": run.activation.segment.key,
        "segment_run": run.segment_run_id,
        "members_as_of": _iso(run.segment_run.as_of if run.segment_run else None),
        "trigger": run.trigger,
        "state": run.state,
        "attempts": run.attempts,
        **{name: _iso(getattr(run, name)) for name in moments},
        "funnel": run.funnel,
        **{name: getattr(run, name) for name in counts},
        "failure_code": run.failure_code,
        "failure": run.failure,
        "note": run.note,
    }


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if moment else None
