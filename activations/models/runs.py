"""Executions of activations."""

from typing import Any

from django.conf import settings
from django.db import models

from activations.models.activations import Activation
from lib.leases import Leased
from segments.models import Run


class SyncRun(Leased):
    """One execution of one activation: why, with which members, what it did, and what went wrong (I6, I7).

    The counts are of people (or companies) and grow in the transactions that record the tool's answers, so a retry
    counts nothing twice. `funnel` is a list of ``{"step", "label", "left"}``, from the members to the audience.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        WAITING = "waiting", "waits for a person's confirmation"
        SUCCEEDED = "succeeded"
        PARTIAL = "partial", "done, with records that the tool refused"
        FAILED = "failed"
        CANCELLED = "cancelled"

    OPEN = (State.QUEUED, State.RUNNING, State.WAITING)
    WORKABLE = (State.QUEUED, State.RUNNING)
    CANCELLED_BY_HAND = "cancelled_by_hand"
    """The failure code of a run that a person has ended, so that what follows changes waits for the next one."""

    class Trigger(models.TextChoices):
        SCHEDULE = "schedule"
        MANUAL = "manual", "by hand"
        CHANGE = "change", "members came or went"
        CONSENT = "consent", "somebody may not be contacted any more"
        TEST = "test", "a test with one record"

    OF_A_FEW = (Trigger.CONSENT, Trigger.TEST)
    """Runs that leave changes of other people to later ones."""

    activation = models.ForeignKey(Activation, on_delete=models.CASCADE, related_name="runs")
    trigger = models.CharField(max_length=8, choices=Trigger)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    segment_run = models.ForeignKey(
        Run, null=True, on_delete=models.SET_NULL, related_name="+", help_text="The run that made the members."
    )
    queued_at = models.DateTimeField(db_default=models.functions.Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lost = models.PositiveSmallIntegerField(default=0, help_text="Attempts whose worker died or lost it.")
    next_attempt_at = models.DateTimeField(null=True)
    funnel = models.JSONField(default=list)
    added = models.PositiveBigIntegerField(default=0)
    updated = models.PositiveBigIntegerField(default=0)
    removed = models.PositiveBigIntegerField(default=0)
    unchanged = models.PositiveBigIntegerField(default=0)
    rejected = models.PositiveBigIntegerField(default=0, help_text="Refused by the tool in this run.")
    skipped = models.PositiveBigIntegerField(
        default=0, help_text="Not sent: refused before and unchanged since, or gone before their turn."
    )
    removals_planned = models.PositiveBigIntegerField(null=True)
    removals_confirmed = models.PositiveBigIntegerField(null=True, help_text="A person has agreed to as many.")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    failure_code = models.CharField(max_length=40, blank=True)
    failure = models.TextField(blank=True, help_text="What went wrong, in words, and what to do.")
    note = models.TextField(blank=True, help_text="What is worth knowing of a run that worked.")

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("activation", "-id"), name="sync_run_of_activation"),)
        constraints = (
            models.UniqueConstraint(
                fields=("activation",),
                condition=models.Q(state__in=("queued", "running", "waiting")),
                name="one_open_sync_run_per_activation",
                violation_error_message="A sync of this activation is on its way already.",
            ),
        )

    def __str__(self) -> str:
        return f"sync run {self.pk} of {self.activation}"

    @property
    def whole_funnel(self) -> list[dict[str, Any]]:
        """`funnel`, and once the run has done its work how many of the audience the tool has."""
        if self.state not in (self.State.SUCCEEDED, self.State.PARTIAL) or not self.funnel:
            return list(self.funnel)
        there = min(self.added + self.updated + self.unchanged, self.funnel[-1]["left"])
        return [*self.funnel, {"step": "delivered", "label": "delivered", "left": there}]
