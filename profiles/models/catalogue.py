"""The catalogue: every source, trait, event and property that data may carry and rules may name."""

from datetime import timedelta

from django.db import models

from profiles.models.described import Described, Valued

IDENTIFIER = r"^[a-z][a-z0-9_]{0,62}$"


class TraitType(models.TextChoices):
    """The five types of RULES section 2; the values are those of `segments.rules.catalogue.Type`."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATETIME = "datetime"
    LIST = "list"


class Unit(models.TextChoices):
    """What a trait is about, and what a segment counts."""

    PROFILE = "profile"
    COMPANY = "company"


def _is_identifier(field: str, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__regex": IDENTIFIER}),
        name=name,
        violation_error_message="Use a small letter, then small letters, digits and underscores, at most 63.",
    )


class Source(models.Model):
    """A system that data comes from.

    One that sends through the tracking API has a write key, of which only a keyed hash is kept; what comes with the key
    of a source that is not `enabled` is refused.
    """

    key = models.SlugField(max_length=63, unique=True)
    name = models.CharField(max_length=150)
    write_key_digest = models.CharField(max_length=64, unique=True, null=True, editable=False)  # noqa: DJ001  many have none
    enabled = models.BooleanField(default=True, editable=False)
    promise = models.DurationField(
        null=True, blank=True, help_text="How often it sends at the least; what is older than that is stale."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(promise=None) | models.Q(promise__gt=timedelta()), name="source_promise_positive"
            ),
        )

    def __str__(self) -> str:
        return self.name


class TraitDefinition(Valued):
    """A trait of people or of companies: its one type, and its column in the warehouse layout."""

    unit = models.CharField(max_length=7, choices=Unit)
    key = models.TextField(help_text="The name as it was sent.")
    type = models.CharField(max_length=8, choices=TraitType)
    column = models.CharField(max_length=63)
    source = models.ForeignKey(Source, null=True, blank=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("unit", "key")
        constraints = (
            models.UniqueConstraint(fields=("unit", "key"), name="trait_key_unique"),
            models.UniqueConstraint(fields=("unit", "column"), name="trait_column_unique"),
            _is_identifier("column", "trait_column_is_identifier"),
        )

    def __str__(self) -> str:
        return f"{self.unit} trait {self.key}"


class EventType(Described):
    """A kind of event, and its table in the warehouse layout."""

    name = models.TextField(unique=True, help_text="The name as it was sent.")
    table = models.CharField(max_length=63, unique=True)
    source = models.ForeignKey(Source, null=True, blank=True, on_delete=models.SET_NULL)
    retention_days = models.PositiveIntegerField(
        null=True, blank=True, editable=False, help_text="Events that are older go; empty: they are kept for ever."
    )
    kept_from = models.DateTimeField(
        null=True, editable=False, help_text="Nobody sees an older one: it goes, or has gone."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name",)
        constraints = (_is_identifier("table", "event_table_is_identifier"),)

    def __str__(self) -> str:
        return self.name


class EventProperty(Valued):
    """A property of one event: its one type, and its column in the event's table."""

    event_type = models.ForeignKey(EventType, on_delete=models.CASCADE, related_name="properties")
    key = models.TextField(help_text="The name as it was sent.")
    type = models.CharField(max_length=8, choices=TraitType)
    column = models.CharField(max_length=63)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("event_type", "key")
        constraints = (
            models.UniqueConstraint(fields=("event_type", "key"), name="property_key_unique"),
            models.UniqueConstraint(fields=("event_type", "column"), name="property_column_unique"),
            _is_identifier("column", "property_column_is_identifier"),
        )

    def __str__(self) -> str:
        return f"{self.event_type}.{self.key}"


class RemovedName(models.Model):
    """A trait (`kind` is its unit), event or property that a person took out of the catalogue.

    Stored values and the lake still have the type and the column (of an event, the table) that it had, so it comes back
    with these if data brings it again, and no other name ever gets them.
    """

    kind = models.CharField(max_length=8)
    name = models.TextField()
    key = models.TextField(blank=True)
    type = models.CharField(max_length=8, blank=True)
    column = models.CharField(max_length=63)
    removed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("kind", "name", "key"), name="removed_name_unique"),)

    def __str__(self) -> str:
        return f"removed {self.kind} {self.name}{f'.{self.key}' if self.key else ''}"
