"""People who were erased: the tombstones, which stay for ever, and what became of everything they left."""

from django.conf import settings
from django.db import models

from lib.leases import Leased


class Erasure(Leased):
    """The tombstone of one profile, and the work that follows (I4). It holds no personal data once it has succeeded.

    From its commit on nobody sees the profile: the row and its identifiers are gone, and snapshots leave out the events
    that the lake still has. `names` are the identifiers, sealed, as long as files and messages are searched for them;
    `dropped` counts messages and rows that came later about the same person and were thrown away.
    """

    class State(models.TextChoices):
        RUNNING = "running", "what is here is being erased"
        WAITING = "waiting", "erased here; others still have something"
        SUCCEEDED = "succeeded", "erased everywhere"

    OPEN = (State.RUNNING, State.WAITING)

    profile = models.BigIntegerField(unique=True, help_text="The id, which nobody gets again.")
    state = models.CharField(max_length=9, choices=State, default=State.RUNNING)
    names = models.TextField(blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    by = models.CharField(max_length=254, help_text="Who erased them.")
    requested_at = models.DateTimeField(db_default=models.functions.Now())
    finished_at = models.DateTimeField(null=True)
    written_at = models.DateTimeField(null=True, help_text="From then on the newest lake has no trace of them.")
    files = models.PositiveBigIntegerField(default=0, help_text="Older files that were still there then.")
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    failure = models.TextField(blank=True, help_text="What stands in the way, in words.")
    dropped = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("id",), name="erasure_open", condition=models.Q(state__in=("running", "waiting"))),
        )

    def __str__(self) -> str:
        return f"erasure {self.pk}"

    @property
    def key(self) -> str:
        """How the audit log names it."""
        return str(self.pk)


class ErasureStep(models.Model):
    """One line of the receipt: what was erased where, how many of it, and when."""

    class What(models.TextChoices):
        TRAITS = "traits", "traits"
        IDENTIFIERS = "identifiers", "identifiers"
        CONSENT = "consent", "entries about consent and suppression"
        CLAIMS = "claims", "claims to identifiers of others"
        WAITING_EVENTS = "waiting_events", "events that were not in the lake yet"
        MERGES = "merges", "identifiers in the record of merges"
        QUARANTINE = "quarantine", "messages in quarantine"
        REJECTS = "rejects", "rejected rows of imports"
        ANSWERS = "answers", "kept answers of the API"
        MEMBERSHIPS = "memberships", "memberships in segments that are not computed any more"
        DELIVERIES = "deliveries", "records of what tools had refused"
        EVENTS = "events", "events in the lake"
        FILES = "files", "older files of the lake"
        LOGS = "logs", "older logs of the lake"
        STATISTICS = "statistics", "statistics of the database, made anew"

    erasure = models.ForeignKey(Erasure, on_delete=models.CASCADE, related_name="steps")
    what = models.CharField(max_length=14, choices=What)
    number = models.PositiveBigIntegerField()
    at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("erasure", "what"), name="erasure_step_once"),)

    def __str__(self) -> str:
        return f"{self.number} {self.what}"


class ErasedIdentity(models.Model):
    """A keyed hash of an identifier that was an erased person's: tells what comes later that it is about them."""

    hash = models.UUIDField(primary_key=True)
    erasure = models.ForeignKey(Erasure, on_delete=models.CASCADE, related_name="identities")

    def __str__(self) -> str:
        return str(self.hash)
