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
    `batch` is the number of the flush that claimed the row (I2), null before.
    """

    event_type = models.ForeignKey(EventType, on_delete=models.PROTECT)
    profile = models.ForeignKey(Profile, null=True, on_delete=models.PROTECT)
    company = models.ForeignKey(Company, null=True, on_delete=models.PROTECT)
    timestamp = models.DateTimeField()
    message_id = models.TextField()
    properties = models.JSONField(default=dict)
    source = models.ForeignKey(Source, null=True, on_delete=models.PROTECT)
    received_at = models.DateTimeField(db_default=models.functions.Now())
    batch = models.BigIntegerField(null=True, db_index=True)

    class Meta:
        indexes = (models.Index(fields=("event_type", "batch"), name="tail_event_type_batch"),)

    def __str__(self) -> str:
        return self.message_id
