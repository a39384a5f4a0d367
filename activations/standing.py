"""How an activation stands, as a column of SQL: one word about its state and its latest sync run, most urgent first."""

from typing import Any

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils.translation import gettext_lazy as _

from activations.models import Activation, SyncRun

State = SyncRun.State


class Standing(models.TextChoices):
    """The most urgent first, which is how the list is sorted."""

    STOPPED = "stopped", _("Stopped")
    FAILED = "failed", _("Failed")
    WAITING = "waiting", _("Waits for a person")
    PARTIAL = "partial", _("Partly refused")
    RUNNING = "running", _("Running")
    QUEUED = "queued", _("Queued")
    SUCCEEDED = "succeeded", _("Succeeded")
    NEW = "new", _("Not sent yet")
    PAUSED = "paused", _("Paused")


NEEDS_A_PERSON = (Standing.STOPPED, Standing.FAILED, Standing.WAITING)

URGENCY = Case(*(When(standing=standing, then=Value(place)) for place, standing in enumerate(Standing)))
"""Sorts rows of `with_standing`."""


def with_standing(activations: QuerySet[Activation]) -> QuerySet[Any]:
    """Adds `latest`, the state of the newest sync run that was not cancelled, and `standing`."""
    runs = SyncRun.objects.filter(activation=OuterRef("pk")).exclude(state=State.CANCELLED).order_by("-id")
    trying = runs.filter(state=State.QUEUED).exclude(failure="")
    return activations.annotate(latest=Subquery(runs.values("state")[:1])).annotate(
        standing=Case(
            When(state=Activation.State.STOPPED, then=Value(Standing.STOPPED)),
            When(state=Activation.State.PAUSED, then=Value(Standing.PAUSED)),
            When(latest=None, then=Value(Standing.NEW)),
            When(Q(latest=State.QUEUED) & Exists(trying), then=Value(Standing.FAILED)),
            default="latest",
            output_field=models.CharField(),
        )
    )
