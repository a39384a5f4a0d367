"""Imports that programs ask for over HTTP."""

from django.conf import settings
from django.db import models

from accounts.models import Team
from lib.leases import Leased


class Import(Leased):
    """One file that is to be imported: how, by whom, how far it is, and what came of it.

    `state` is `waiting` for the file at first, and for a person's word once new types were found: `waits_for`. The
    counts are those of the command's summary. What was inferred is in `additions`; `accepted` says that a person, or
    the option `yes`, has agreed to it.
    """

    class Kind(models.TextChoices):
        PROFILES = "profiles"
        COMPANIES = "companies"
        EVENTS = "events"

    class State(models.TextChoices):
        WAITING = "waiting", "waits for its file, or for somebody to accept its types"
        QUEUED = "queued"
        RUNNING = "running"
        SUCCEEDED = "succeeded"
        PARTIAL = "partial", "done, without the rows that were rejected"
        FAILED = "failed"
        CANCELLED = "cancelled"

    OPEN = (State.WAITING, State.QUEUED, State.RUNNING)
    WORKABLE = (State.QUEUED, State.RUNNING)

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(max_length=9, choices=Kind)
    options = models.JSONField(default=dict, help_text="As they were asked for: the names of the command's options.")
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    size = models.BigIntegerField(null=True, help_text="Bytes of the file; empty until it has come.")
    sha256 = models.CharField(max_length=64, blank=True)
    additions = models.JSONField(default=list, help_text="What is new in the catalogue by this import.")
    accepted = models.JSONField(default=list, help_text="The additions that a person has agreed to.")
    notes = models.JSONField(default=list, help_text="What a person may not expect, as sentences.")
    step = models.JSONField(default=dict, help_text="How far it is: verb, rows, share.")
    counts = models.JSONField(default=dict)
    reasons = models.JSONField(default=dict, help_text="Kind of reason → rows or values that were rejected for it.")
    failure_code = models.CharField(max_length=40, blank=True)
    failure = models.TextField(blank=True, help_text="What went wrong, in words, and what to do.")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=models.functions.Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("team", "-id"), name="import_of_team"),
            models.Index(
                fields=("id",), name="import_open", condition=models.Q(state__in=("waiting", "queued", "running"))
            ),
        )

    def __str__(self) -> str:
        return f"import {self.pk} of {self.kind}"

    @property
    def key(self) -> str:
        """How the audit log names it."""
        return str(self.pk)

    @property
    def waits_for(self) -> str | None:
        """`file` or `acceptance` while it waits."""
        if self.state != self.State.WAITING:
            return None
        return "file" if self.size is None else "acceptance"
