"""What the care of the lake has done last."""

from django.db import models


class Upkeep(models.Model):
    """The last time that one kind of care was taken, and the last time that it failed; one row per kind."""

    class Kind(models.TextChoices):
        FLUSH = "flush", "events into the lake"
        COPY = "copy", "profiles and companies into the lake"
        COMPACT = "compact", "small files into one"
        REDIRECT = "redirect", "ids of merged and erased people"
        VACUUM = "vacuum", "files that nobody needs"
        RETENTION = "retention", "events that are too old"

    kind = models.CharField(primary_key=True, max_length=9, choices=Kind)
    finished_at = models.DateTimeField(null=True)
    milliseconds = models.PositiveIntegerField(null=True)
    number = models.PositiveBigIntegerField(null=True, help_text="Of rows, months or files, whatever it is about.")
    failed_at = models.DateTimeField(null=True)
    failure = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "upkeep"

    def __str__(self) -> str:
        return self.kind
