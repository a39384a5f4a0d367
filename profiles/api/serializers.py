"""What answers about the catalogue and companies say."""

from typing import Any

from rest_framework import serializers

from lib.rest.serializers import SecondsField
from profiles.models import Company, Serves, Status, TraitType


class _Named(serializers.Serializer[Any]):
    label = serializers.CharField(  # type: ignore[assignment]  # a name that REST framework uses too
        help_text="The name that pages and sentences show; empty: the key itself."
    )


class _Classified(_Named):
    id = serializers.IntegerField(help_text="Its number in `catalogue/traits`, `events` or `properties`.")
    description = serializers.CharField()
    status = serializers.ChoiceField(
        choices=Status.choices, help_text="`new` until a person has described it; rules may name it in any."
    )
    serves = serializers.ChoiceField(
        choices=Serves.choices, allow_blank=True, help_text="The model of segmentation that it serves; empty: not said."
    )


class _Valued(_Classified):
    personal = serializers.BooleanField(
        help_text="Whether its values say who somebody is; a guess from its name while it is `new`."
    )
    measured_in = serializers.CharField(help_text="EUR, days, km; empty: nothing, or not said.")
    synonyms = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        help_text="Stored value → other words that people know it by.",
    )


class TraitDocument(_Valued):
    """A trait that rules may name."""

    key = serializers.CharField(help_text="The name as it was sent.")
    type = serializers.ChoiceField(choices=TraitType.choices)
    column = serializers.CharField(help_text="In the warehouse layout.")
    source = serializers.CharField(  # type: ignore[assignment]
        source="source.key", allow_null=True, default=None
    )


class PropertyDocument(_Valued):
    """A property of an event."""

    key = serializers.CharField(help_text="The name as it was sent.")
    type = serializers.ChoiceField(choices=TraitType.choices)
    column = serializers.CharField(help_text="In the event's table.")


class EventDocument(_Classified):
    """An event that rules may name."""

    name = serializers.CharField(help_text="As it was sent.")
    table = serializers.CharField(help_text="In the warehouse layout.")
    source = serializers.CharField(  # type: ignore[assignment]
        source="source.key", allow_null=True, default=None
    )
    properties = PropertyDocument(source="listed", many=True)


class SourceDocument(serializers.Serializer[Any]):
    """A system that data comes from."""

    key = serializers.CharField()
    name = serializers.CharField()
    promise_seconds = SecondsField(
        source="promise", allow_null=True, help_text="How often it sends at the least; null: nothing is promised."
    )


class CatalogueDocument(serializers.Serializer[Any]):
    """Everything that rules may name, except segments."""

    profile_traits = TraitDocument(many=True)
    company_traits = TraitDocument(many=True)
    events = EventDocument(many=True)
    sources = SourceDocument(many=True)


class CompanyDocument(serializers.Serializer[Company]):
    """What is known of one company."""

    external_id = serializers.CharField()
    traits = serializers.DictField(child=serializers.JSONField(), help_text="By key; what is missing is absent.")
    people = serializers.IntegerField(help_text="Known people who belong to it.")
