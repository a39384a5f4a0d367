"""What workers have counted of traits, events and properties: the numbers of the data map.

They are rows of their own: those of the catalogue are remembered by every process until one changes.
"""

from django.db import models

from lib.leases import Leased
from profiles.models.catalogue import EventProperty, EventType, TraitDefinition


class MeasuredTable(Leased):
    """One table of the lake: when it was counted last, and by one worker at a time (I5).

    `files` is month → a digest of the files that were counted, so that only what has changed is counted again.
    """

    name = models.CharField(max_length=63, primary_key=True)
    measured_at = models.DateTimeField(null=True)
    files = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"measures of {self.name}"


class Values(models.Model):
    """What is known of the values of one trait or property.

    `filled` of `population` have one. `different` is how many different ones there are, estimated within a few
    percent. `top` holds the most common as pairs of value and number, none where there are too many different ones.
    `lowest` and `highest` are of numbers and of instants, as text.
    """

    population = models.BigIntegerField()
    filled = models.BigIntegerField()
    different = models.BigIntegerField()
    top = models.JSONField(default=list)
    lowest = models.TextField(blank=True)
    highest = models.TextField(blank=True)
    measured_at = models.DateTimeField()

    class Meta:
        abstract = True


class TraitValues(Values):
    """Of all people or companies."""

    trait = models.OneToOneField(TraitDefinition, on_delete=models.CASCADE, primary_key=True, related_name="values")

    def __str__(self) -> str:
        return f"values of {self.trait}"


class PropertyValues(Values):
    """Of the events of the last 30 days; the `recent` ones are those of the last 7."""

    event_property = models.OneToOneField(
        EventProperty, on_delete=models.CASCADE, primary_key=True, related_name="values"
    )
    recent_population = models.BigIntegerField()
    recent_filled = models.BigIntegerField()

    def __str__(self) -> str:
        return f"values of {self.event_property}"


class EventVolume(models.Model):
    """How many events of a type there are in all, and when the newest happened."""

    event_type = models.OneToOneField(EventType, on_delete=models.CASCADE, primary_key=True, related_name="volume")
    total = models.BigIntegerField()
    newest_at = models.DateTimeField(null=True)
    measured_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"volume of {self.event_type}"


class EventDay(models.Model):
    """How many events of a type happened on one day (UTC)."""

    event_type = models.ForeignKey(EventType, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    number = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("event_type", "day"), name="event_day_unique"),)

    def __str__(self) -> str:
        return f"{self.event_type} on {self.day}"


class TraitDay(models.Model):
    """How many had a trait when they were counted last on one day (UTC)."""

    trait = models.ForeignKey(TraitDefinition, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    population = models.BigIntegerField()
    filled = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("trait", "day"), name="trait_day_unique"),)

    def __str__(self) -> str:
        return f"{self.trait} on {self.day}"


class TraitArrival(models.Model):
    """When data brought a value of a trait last, to the minute; null: not since this is noted."""

    trait = models.OneToOneField(TraitDefinition, on_delete=models.CASCADE, primary_key=True, related_name="arrival")
    at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"arrival of {self.trait}"
