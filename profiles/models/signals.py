"""What has changed about whom, for whoever keeps members up to date."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from profiles.models.catalogue import Unit


class Signal(models.Model):
    """One change of one profile or company, or of more than are worth naming (`member` is null).

    Each change is a row of its own that nobody ever updates: its id is its generation, so whoever deletes the row has
    taken over exactly the change that was claimed (I3). `traits` and `events` are the keys and names that are touched;
    `whole` says that anything about the member may differ: whether it counts at all, and which company it belongs to.
    `due_at` is the moment of an event to come, null for what holds already.
    """

    unit = models.CharField(max_length=7, choices=Unit)
    member = models.BigIntegerField(null=True)
    traits = ArrayField(models.TextField(), default=list)
    events = ArrayField(models.TextField(), default=list)
    whole = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True)
    noted_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        indexes = (
            models.Index(fields=("due_at",), condition=models.Q(due_at__isnull=False), name="signal_to_come"),
            models.Index(fields=("id",), condition=models.Q(due_at__isnull=True), name="signal_of_now"),
        )

    def __str__(self) -> str:
        return f"signal {self.pk} about {self.unit} {self.member or 'many'}"
