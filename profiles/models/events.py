"""Events that are not in the lake yet, and the identities of all that were ever accepted."""

from django.db import models

from profiles.models.catalogue import EventType, Source
from profiles.models.customers import Company, Profile


class EventId(models.Model):
    """The 128-bit hash of a message id, unique over all sources for as long as the event lives."""

    hash = models.UUIDField(primary_key=True)

    def __str__(self) -> str:
        return str(self.hash)


class TailEvent(models.Model):
    """An accepted event on its way into the lake. The row goes when the batch that holds it is closed.

    `company` is the company that the event itself names, known or not; null where it names none.
    `batch` is the number of the flush that claimed the row (I2), null before. That the rows exist which it names is not
    checked by the database, for the same reason as with identities: who adds an event holds them until the end of the
    transaction.
    """

    event_type = models.ForeignKey(EventType, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    profile = models.ForeignKey(Profile, null=True, on_delete=models.PROTECT, db_constraint=False)
    company = models.ForeignKey(Company, null=True, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    timestamp = models.DateTimeField()
    message_id = models.TextField()
    properties = models.JSONField(default=dict)
    source = models.ForeignKey(Source, null=True, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    received_at = models.DateTimeField(db_default=models.functions.Now())
    batch = models.BigIntegerField(null=True, db_index=True)

    class Meta:
        indexes = (models.Index(fields=("event_type", "batch"), name="tail_event_type_batch"),)

    def __str__(self) -> str:
        return self.message_id


class QuarantinedEvent(models.Model):
    """A message of the tracking API that could not be taken, as it was sent, until a person mends or discards it.

    `document` is its JSON text; `hash` that of its message id, so that a message that is sent again waits once.
    """

    hash = models.UUIDField(unique=True)
    source = models.ForeignKey(Source, on_delete=models.CASCADE)
    reason = models.TextField(help_text="What is wrong, with the value.")
    kind = models.TextField(help_text="The reason without the value: alike ones are counted together.")
    document = models.TextField()
    received_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("kind",), name="quarantined_kind"),)

    def __str__(self) -> str:
        return f"quarantined event {self.pk}"

    @property
    def key(self) -> str:
        """How the audit log names it."""
        return str(self.hash)
