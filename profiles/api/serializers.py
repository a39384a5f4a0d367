"""What answers about the catalogue and companies say."""

from typing import Any

from rest_framework import serializers

from profiles.models import Company, TraitType


class _Named(serializers.Serializer[Any]):
    label = serializers.CharField(  # type: ignore[assignment]  # a name that REST framework uses too
        help_text="The name that pages and sentences show; empty: the key itself."
    )


class TraitDocument(_Named):
    """A trait that rules may name."""

    key = serializers.CharField(help_text="The name as it was sent.")
    type = serializers.ChoiceField(choices=TraitType.choices)
    column = serializers.CharField(help_text="In the warehouse layout.")
    description = serializers.CharField()
    source = serializers.CharField(  # type: ignore[assignment]
        source="source.key", allow_null=True, default=None
    )


class PropertyDocument(_Named):
    """A property of an event."""

    key = serializers.CharField(help_text="The name as it was sent.")
    type = serializers.ChoiceField(choices=TraitType.choices)
    column = serializers.CharField(help_text="In the event's table.")


class EventDocument(_Named):
    """An event that rules may name."""

    name = serializers.CharField(help_text="As it was sent.")
    table = serializers.CharField(help_text="In the warehouse layout.")
    description = serializers.CharField()
    source = serializers.CharField(  # type: ignore[assignment]
        source="source.key", allow_null=True, default=None
    )
    properties = PropertyDocument(source="listed", many=True)


class SourceDocument(serializers.Serializer[Any]):
    """A system that data comes from."""

    key = serializers.CharField()
    name = serializers.CharField()


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
