"""What the data map says, and what may be said of the things in it."""

from typing import Any

from rest_framework import serializers

from lib.rest.serializers import SecondsField, Strict
from profiles.datamap.findings import TITLES
from profiles.datamap.rows import Row
from profiles.models import Serves, Source, Status, TraitType
from profiles.models.described import LONGEST_TEXT

KINDS = ("profile", "company", "event", "property")


class CoverageDocument(serializers.Serializer[Any]):
    """How many have a value: people or companies a trait, events of the last 30 days a property."""

    filled = serializers.IntegerField()
    population = serializers.IntegerField()
    share = serializers.FloatField()


class VolumeDocument(serializers.Serializer[Any]):
    """Events by when they happened."""

    last_30_days = serializers.IntegerField(source="month", help_text="Today included.")
    last_7_days = serializers.IntegerField(source="week", help_text="Whole days, without today.")


class InputFindingDocument(serializers.Serializer[Any]):
    """What is wrong with it."""

    kind = serializers.ChoiceField(choices=list(TITLES.items()))
    evidence = serializers.CharField(help_text="A sentence with its numbers.")
    next_step = serializers.CharField(help_text="What to do.")
    numbers = serializers.DictField(child=serializers.FloatField())


class UseDocument(serializers.Serializer[Any]):
    """What uses it, and breaks without it."""

    kind = serializers.ChoiceField(choices=["segment", "activation"])
    key = serializers.CharField()
    name = serializers.CharField(source="title")
    is_indirect = serializers.BooleanField(help_text="By another segment that the segment refers to.")


class RowDocument(serializers.Serializer[Row]):
    """One trait, event or property of the data map. Null stands for what is not counted yet, or does not apply."""

    kind = serializers.ChoiceField(choices=KINDS, help_text="`profile` and `company` are traits of these.")
    id = serializers.IntegerField(source="entry.pk", help_text="Its number in `catalogue/traits`, `events`, ...")
    key = serializers.SerializerMethodField(help_text="The name as it was sent.")
    event = serializers.SerializerMethodField(help_text="Of a property, the event that has it; else null.")
    label = serializers.CharField(source="title")  # type: ignore[assignment]
    type = serializers.ChoiceField(
        source="entry.type", choices=TraitType.choices, allow_null=True, default=None, help_text="Null for an event."
    )
    status = serializers.ChoiceField(source="entry.status", choices=Status.choices)
    serves = serializers.ChoiceField(source="entry.serves", choices=Serves.choices, allow_blank=True)
    personal = serializers.BooleanField(source="entry.personal", default=False)
    source = serializers.CharField(  # type: ignore[assignment]
        source="source.key", allow_null=True, default=None
    )
    coverage = CoverageDocument(allow_null=True)
    newest_at = serializers.DateTimeField(
        source="newest", allow_null=True, help_text="When a trait arrived last, or the newest event happened."
    )
    promise_seconds = SecondsField(source="promise", allow_null=True, help_text="How often the source sends.")
    allowed_seconds = SecondsField(source="allowed", allow_null=True, help_text="An older newest value is stale.")
    volume = VolumeDocument(allow_null=True, help_text="Of events only.")
    measured_at = serializers.DateTimeField(allow_null=True, help_text="When a worker counted it last.")
    findings = InputFindingDocument(many=True)
    uses = UseDocument(many=True, help_text="Segments and activations that the caller may know of.")

    def get_key(self, row: Row) -> str:
        """What was sent."""
        return row.name.key or row.name.name

    def get_event(self, row: Row) -> str | None:
        """What was sent."""
        return row.name.name if row.name.key else None


class DataMapDocument(serializers.Serializer[Any]):
    """All rows that were asked for: traits of people, of companies, then events, each with its properties."""

    results = RowDocument(many=True)


class TopValueDocument(serializers.Serializer[Any]):
    """A common value, and how many have it."""

    value = serializers.CharField()
    number = serializers.IntegerField()


class ValuesDocument(serializers.Serializer[Any]):
    """What its values are like."""

    different = serializers.IntegerField(help_text="Different values, within a few percent.")
    lowest = serializers.CharField(help_text="Of numbers and datetimes; else empty.")
    highest = serializers.CharField()
    top = serializers.SerializerMethodField(help_text="The most common, each of three or more.")

    def get_top(self, values: Any) -> list[dict[str, Any]]:
        """At most ten."""
        return [TopValueDocument({"value": value, "number": number}).data for value, number in values.top]


class EntryDayDocument(serializers.Serializer[Any]):
    """A day (UTC): how many events, or how many of how many had the trait."""

    day = serializers.DateField()
    number = serializers.IntegerField()
    population = serializers.IntegerField(allow_null=True)


class EntryDocument(serializers.Serializer[Any]):
    """One thing of the catalogue, whole."""

    row = RowDocument()
    description = serializers.CharField(source="row.entry.description")
    measured_in = serializers.CharField(source="row.entry.measured_in", default="")
    synonyms = serializers.DictField(
        source="row.entry.synonyms", child=serializers.ListField(child=serializers.CharField()), default=dict
    )
    values = ValuesDocument(allow_null=True)
    withheld = serializers.BooleanField(help_text="Its values are personal data, which the caller may not see.")
    days = EntryDayDocument(many=True, help_text="The last 90, the oldest first.")


class DataMapQuery(Strict):
    """Which rows; all that is said must hold."""

    kind = serializers.ChoiceField(choices=KINDS, required=False)
    source = serializers.CharField(required=False, help_text="The key of a source.")  # type: ignore[assignment]
    status = serializers.ChoiceField(choices=Status.choices, required=False)
    serves = serializers.ChoiceField(choices=Serves.choices, required=False)
    finding = serializers.ChoiceField(choices=list(TITLES.items()), required=False, help_text="What is wrong with it.")
    segment = serializers.CharField(required=False, help_text="The key of a segment that depends on it.")
    used = serializers.BooleanField(required=False, allow_null=True, default=None, help_text="By anything.")


class DescribeEvent(Strict):
    """What a person says of an event; what is left out stays. `{"status": "hidden"}` alone hides it from pickers."""

    status = serializers.ChoiceField(
        choices=[Status.ACCEPTED, Status.HIDDEN], required=False, help_text="Whatever else is said accepts it."
    )
    label = serializers.CharField(  # type: ignore[assignment]
        max_length=150, allow_blank=True, required=False
    )
    description = serializers.CharField(max_length=10_000, allow_blank=True, required=False)
    serves = serializers.ChoiceField(choices=Serves.choices, allow_blank=True, required=False)
    source = serializers.SlugRelatedField(  # type: ignore[assignment]
        slug_field="key", queryset=Source.objects.all(), allow_null=True, required=False
    )


class DescribeProperty(Strict):
    """What a person says of a property, whose source is its event's; else as of an event."""

    status = serializers.ChoiceField(choices=[Status.ACCEPTED, Status.HIDDEN], required=False)
    label = serializers.CharField(  # type: ignore[assignment]
        max_length=150, allow_blank=True, required=False
    )
    description = serializers.CharField(max_length=10_000, allow_blank=True, required=False)
    serves = serializers.ChoiceField(choices=Serves.choices, allow_blank=True, required=False)
    personal = serializers.BooleanField(required=False)
    measured_in = serializers.CharField(max_length=50, allow_blank=True, required=False)
    synonyms = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(max_length=LONGEST_TEXT)), required=False
    )


class DescribeTrait(DescribeProperty):
    """What a person says of a trait; what is left out stays. `{"status": "hidden"}` alone hides it from pickers."""

    source = serializers.SlugRelatedField(  # type: ignore[assignment]
        slug_field="key", queryset=Source.objects.all(), allow_null=True, required=False
    )


class ChangeSource(Strict):
    """What may be said of a source; what is left out stays."""

    name = serializers.CharField(max_length=150, required=False)
    promise_seconds = SecondsField(
        source="promise", allow_null=True, required=False, min_value=60, max_value=366 * 86_400
    )
