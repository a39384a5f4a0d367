"""What requests about definitions hold beside the definition, which the rule language reads itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from rest_framework import serializers

from lib.problems import WHOLE
from segments.rules.catalogue import Unit
from segments.rules.instants import parse_instant
from segments.rules.moments import FIRST, Clock
from segments.rules.nodes import At
from segments.rules.parsing.reading import shown


class DefinitionField(serializers.Field[object, object, object, object]):
    """A definition as it was sent."""

    def to_internal_value(self, data: object) -> object:
        """Nothing is checked here: mistakes are told with the paths of the rule language."""
        return data


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


class DefinitionRequest(serializers.Serializer[None]):
    """A definition, and the instant at which it is decided: now if left out."""

    definition = DefinitionField()
    as_of = InstantField(required=False, default=None)

    def to_internal_value(self, data: Any) -> Any:
        """Refuses keys that have no meaning, which are most often misspelt ones."""
        unknown = [key for key in data if key not in self.fields] if isinstance(data, Mapping) else []
        if unknown:
            message = f"Unknown key {shown(unknown[0])}: this takes {', '.join(self.fields)} only."
            raise serializers.ValidationError({WHOLE: [message]}, "unknown_key")
        return super().to_internal_value(data)


class ExplainRequest(DefinitionRequest):
    """A definition, and one profile or one company, whichever it counts."""

    profile = serializers.CharField(required=False, trim_whitespace=False)
    company = serializers.CharField(required=False, trim_whitespace=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Exactly one of the two."""
        if ("profile" in attrs) == ("company" in attrs):
            raise serializers.ValidationError("Name either a profile or a company by its external id.", "bad_member")
        return attrs


def member_of(asked: Mapping[str, Any], unit: Unit) -> str:
    """The name of the member that was asked for. Raises `ValidationError` for one of the other unit."""
    if unit.value not in asked:
        message = f"The definition counts {'people' if unit is Unit.PROFILE else 'companies'}: name a {unit.value}."
        raise serializers.ValidationError({unit.value: [message]}, "wrong_unit")
    return str(asked[unit.value])
