"""Who is in which segment."""

from typing import Any

from rest_framework import serializers

from lib.rest.serializers import Strict
from profiles.api.consent_serializers import ChannelDocument
from profiles.models import Unit
from segments.api.serializers.definitions import as_of
from segments.rules.sql import DIALECTS

MOST_MEMBERS, MOST_SEGMENTS, MOST_PAIRS = 1000, 500, 50_000


class MembersPage(serializers.Serializer[Any]):
    """Members by external id; e-mail address or phone number where there is none."""

    next = serializers.URLField(allow_null=True, help_text="The following page, of the same run; null on the last one.")
    run = serializers.IntegerField(allow_null=True, help_text="The run that found them; null before the first.")
    as_of = serializers.DateTimeField(allow_null=True)
    total = serializers.IntegerField(help_text="Members on all pages.")
    results = serializers.ListField(child=serializers.CharField())


class _Texts(serializers.ListField):
    """Up to thousands of names, which are checked at once where none is wrong."""

    child = serializers.CharField(trim_whitespace=False)

    def run_child_validation(self, data: Any) -> Any:
        """Raises `ValidationError` with the places of the wrong ones."""
        if set(map(type, data)) == {str} and all(data) and "\0" not in "".join(data):
            return data
        return super().run_child_validation(data)


class CheckRequest(Strict):
    """Which members to look for in which segments; all of one unit."""

    unit = serializers.ChoiceField(choices=Unit.choices, default=Unit.PROFILE)
    ids = _Texts(
        min_length=1,
        max_length=MOST_MEMBERS,
        help_text="External ids; of people an e-mail address or a phone number, too.",
    )
    segments = _Texts(min_length=1, max_length=MOST_SEGMENTS, help_text="Keys.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Not too many at once."""
        if len(attrs["ids"]) * len(attrs["segments"]) > MOST_PAIRS:
            message = f"Ids times segments are more than {MOST_PAIRS:,}: ask in several requests."
            raise serializers.ValidationError(message, "too_many")
        return attrs


class Checked(serializers.Serializer[Any]):
    """By id and by segment: whether it is a member."""

    results = serializers.DictField(
        child=serializers.DictField(child=serializers.BooleanField(allow_null=True), allow_null=True),
        help_text="Null for an id that nobody has, and for a segment that was never counted.",
    )


class SqlQuery(Strict):
    """Which version in which dialect."""

    dialect = serializers.ChoiceField(choices=sorted(DIALECTS))
    version = serializers.IntegerField(required=False, default=None, min_value=1, max_value=2**31 - 1)
    as_of = as_of()


class SqlDocument(serializers.Serializer[Any]):
    """A definition as SQL over the warehouse layout."""

    dialect = serializers.ChoiceField(choices=sorted(DIALECTS))
    proven = serializers.BooleanField(help_text="Whether our tests run it on the real engine.")
    version = serializers.IntegerField()
    as_of = serializers.DateTimeField()
    sql = serializers.CharField()


class ProfileDocument(serializers.Serializer[Any]):
    """What is known of one person."""

    external_id = serializers.CharField()
    traits = serializers.DictField(child=serializers.JSONField(), help_text="By key; what is missing is absent.")
    identifiers = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()), help_text="By kind: external_id, email, phone ..."
    )
    company = serializers.CharField(allow_null=True, help_text="Its external id.")
    consent = serializers.DictField(
        child=ChannelDocument(),
        help_text="By channel; of one that is not there they said nothing: no.",
    )
    segments = serializers.ListField(child=serializers.CharField(), help_text="Keys of the segments it is in.")


class ProfileSegments(serializers.Serializer[Any]):
    """The segments that one person is in."""

    external_id = serializers.CharField()
    segments = serializers.ListField(child=serializers.CharField(), help_text="Keys.")
