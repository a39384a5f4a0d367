"""Definitions, which the rule language reads itself, and what requests hold beside them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from lib.rest.serializers import Strict
from segments.rules.catalogue import Unit
from segments.rules.instants import parse_instant
from segments.rules.moments import FIRST, Clock
from segments.rules.nodes import At


@extend_schema_field(OpenApiTypes.OBJECT)
class DefinitionField(serializers.Field[object, object, object, object]):
    """A definition as it was sent or stored."""

    def to_internal_value(self, data: object) -> object:
        """Nothing is checked here: mistakes are told with the paths of the rule language."""
        return data

    def to_representation(self, value: object) -> object:
        """As people wrote it."""
        return value


@extend_schema_field(OpenApiTypes.STR)
class InstantField(serializers.Field[datetime | None, object, object, object]):
    """An instant of the rule language; a date is its midnight in the installation's timezone."""

    default_error_messages = {"bad_instant": "This is no instant: write 2026-03-01T09:30:00Z, or 2026-03-01."}

    def to_internal_value(self, data: object) -> datetime:
        """The moment in UTC."""
        instant = parse_instant(data) if isinstance(data, str) else None
        if instant is None:
            self.fail("bad_instant")
        return (
            instant.moment if isinstance(instant, At) else Clock(FIRST, ZoneInfo(settings.TIME_ZONE)).instant(instant)
        )


def as_of() -> InstantField:
    """The instant at which it is decided: now if it is left out. Only events have a past."""
    return InstantField(required=False, default=None, help_text="`2026-03-01T09:30:00Z` or `2026-03-01`; now.")


class DefinitionRequest(Strict):
    """A definition, and the instant at which it is decided."""

    definition = DefinitionField(help_text="See docs/rule-language.md and `rules/schema`.")
    as_of = as_of()


class VersionRequest(Strict):
    """Which version of a segment is meant, and the instant at which it is decided."""

    version = serializers.IntegerField(
        required=False, default=None, min_value=1, max_value=2**31 - 1, help_text="The published one if left out."
    )
    as_of = as_of()


class _OneMember(Strict):
    profile = serializers.CharField(
        required=False, trim_whitespace=False, help_text="An external id, e-mail address or phone number."
    )
    company = serializers.CharField(required=False, trim_whitespace=False, help_text="An external id.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Exactly one of the two."""
        if ("profile" in attrs) == ("company" in attrs):
            raise serializers.ValidationError("Name either a profile or a company by its external id.", "bad_member")
        return attrs


class ExplainRequest(_OneMember, DefinitionRequest):
    """A definition, and one profile or one company, whichever it counts."""


class ExplainVersionRequest(_OneMember, VersionRequest):
    """A version of a segment, and one profile or one company, whichever it counts."""


def member_of(asked: Mapping[str, Any], unit: Unit) -> str:
    """The name of the member that was asked for. Raises `ValidationError` for one of the other unit."""
    if unit.value not in asked:
        message = f"The definition counts {'people' if unit is Unit.PROFILE else 'companies'}: name a {unit.value}."
        raise serializers.ValidationError({unit.value: [message]}, "wrong_unit")
    return str(asked[unit.value])


class Preview(serializers.Serializer[Any]):
    """Exact counts, in all and at every node."""

    unit = serializers.ChoiceField(choices=[unit.value for unit in Unit])
    count = serializers.IntegerField(allow_null=True, help_text="Null: fewer than `fewest_told`, or all but so few.")
    population = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True, help_text="Count by population, 0 to 1; null with the count.")
    nodes = serializers.DictField(
        child=serializers.IntegerField(allow_null=True),
        help_text="By path: how many each node holds for, by itself; null as for `count`.",
    )
    fewest_told = serializers.IntegerField(
        help_text="The smallest count that is told: 5 if the rule is about personal data that you may not see."
    )
    words = serializers.CharField(help_text="The definition as a sentence.")
    sha256 = serializers.CharField(help_text="Of the normal form: equal for definitions that mean the same.")
    as_of = serializers.DateTimeField()
    milliseconds = serializers.FloatField()
    sample = serializers.ListField(
        child=serializers.CharField(), allow_null=True, help_text="Up to five members; null without the permission."
    )
    sample_note = serializers.CharField(required=False, help_text="Why there is no sample.")


class WhyNode(serializers.Serializer[Any]):
    """One node of the definition for one member."""

    path = serializers.CharField()
    kind = serializers.CharField(help_text="The key that makes it a rule.")
    holds = serializers.BooleanField()
    words = serializers.CharField()
    value = serializers.JSONField(help_text="What a leaf found; null: nothing.")
    rules = serializers.ListField(child=serializers.DictField(), help_text="The nodes below, of the same shape.")


class Explanation(serializers.Serializer[Any]):
    """Why one profile or company is in or out."""

    profile = serializers.CharField(required=False)
    company = serializers.CharField(required=False)
    member = serializers.BooleanField()
    as_of = serializers.DateTimeField()
    words = serializers.CharField()
    definition_sha256 = serializers.CharField()
    milliseconds = serializers.FloatField()
    in_population = serializers.BooleanField()
    reason = serializers.CharField(required=False, help_text="Why it is counted nowhere.")
    tree = WhyNode(allow_null=True)
    note = serializers.CharField(required=False)
