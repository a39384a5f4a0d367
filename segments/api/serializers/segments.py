"""Segments: the contract around a rule, and the rule in force."""

from rest_framework import serializers

from lib.rest.serializers import SecondsField, Strict
from profiles.models import Unit
from segments.api.serializers.definitions import DefinitionField
from segments.health import Health
from segments.models import Segment, SegmentVersion

SHORTEST, LONGEST = 5, 366 * 86_400
LARGEST = 2**63 - 1
KEY = r"^[-a-zA-Z0-9_]+\Z"


class VersionDocument(serializers.Serializer[SegmentVersion]):
    """One immutable definition."""

    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=SegmentVersion.State.choices)
    definition = DefinitionField(help_text="As people wrote it.")
    words = serializers.CharField(help_text="The definition as a sentence.")
    sha256 = serializers.CharField(help_text="Of the normal form: equal for copies and forks.")
    refers_to = serializers.ListField(child=serializers.CharField(), help_text="Keys of segments that it names.")
    note = serializers.CharField(help_text="What changed, and why.")
    author = serializers.EmailField(source="author.email", allow_null=True, default=None)
    created_at = serializers.DateTimeField()
    proposed_by = serializers.EmailField(source="proposed_by.email", allow_null=True, default=None)
    proposed_at = serializers.DateTimeField(allow_null=True, help_text="When it was sent for review.")
    decided_by = serializers.EmailField(source="decided_by.email", allow_null=True, default=None)
    decided_at = serializers.DateTimeField(allow_null=True, help_text="When it was approved or rejected.")
    reason = serializers.CharField(help_text="Why it was rejected, or published without an approval.")
    publish_at = serializers.DateTimeField(allow_null=True, help_text="When it is to be published.")
    publish_failure = serializers.CharField(help_text="Why it could not be published at that time.")
    published_at = serializers.DateTimeField(allow_null=True)


class Reason(Strict):
    """Why something is refused, or done out of turn."""

    reason = serializers.CharField(max_length=10_000, help_text="For those who read it later.")


class Publication(Strict):
    """A time of publication."""

    at = serializers.DateTimeField(help_text="A moment to come, within a year.")


class _Contract(serializers.Serializer[Segment]):
    key = serializers.CharField(help_text="The name in rules and in addresses; never reused.")
    name = serializers.CharField()
    team = serializers.CharField(source="team.key")
    owner = serializers.EmailField(source="owner.email", allow_null=True, default=None)
    decision = serializers.CharField(help_text="What is done differently for these members.")
    unit = serializers.ChoiceField(choices=Unit.choices)
    state = serializers.ChoiceField(choices=Segment.State.choices)
    freshness_seconds = SecondsField(source="freshness", help_text="The promise: members are never older.")
    review_on = serializers.DateField(allow_null=True, help_text="When it is looked at again.")
    review_months = serializers.IntegerField(help_text="Months from one review to the next.")
    expected_least = serializers.IntegerField(allow_null=True, help_text="Fewer members are worth a look.")
    expected_most = serializers.IntegerField(allow_null=True, help_text="So are more.")
    notes = serializers.CharField(help_text="What else one should know.")
    tags = serializers.ListField(child=serializers.CharField(), help_text="Words to find it by.")
    created_at = serializers.DateTimeField()


class SegmentDocument(_Contract):
    """A segment with its rule in force; its numbers are at `history`, since they move without it."""

    published = VersionDocument(allow_null=True, help_text="Null for a draft.")


class SegmentRow(_Contract):
    """A segment in a list, with its numbers."""

    version = serializers.IntegerField(source="published.number", allow_null=True, default=None)
    words = serializers.CharField(help_text="The definition as a sentence; empty without a version.")
    members = serializers.IntegerField(source="good_members", allow_null=True, help_text="Of the last good run.")
    members_as_of = serializers.DateTimeField(source="good_as_of", allow_null=True)
    health = serializers.ChoiceField(choices=Health.choices)
    failure = serializers.CharField(allow_null=True, help_text="Why the refreshes since then failed.")


class ChangeSegment(Strict):
    """What surrounds the rule; what is left out stays."""

    name = serializers.CharField(max_length=150)
    owner = serializers.EmailField(
        allow_null=True, required=False, help_text="Of a member of staff who answers for it."
    )
    decision = serializers.CharField(
        allow_blank=True, required=False, max_length=10_000, help_text="What is done differently for these members?"
    )
    freshness_seconds = SecondsField(source="freshness", required=False, min_value=SHORTEST, max_value=LONGEST)
    review_on = serializers.DateField(allow_null=True, required=False)
    review_months = serializers.IntegerField(required=False, min_value=1, max_value=24)
    expected_least = serializers.IntegerField(allow_null=True, required=False, min_value=0, max_value=LARGEST)
    expected_most = serializers.IntegerField(allow_null=True, required=False, min_value=0, max_value=LARGEST)
    notes = serializers.CharField(allow_blank=True, required=False, max_length=10_000)
    tags = serializers.ListField(child=serializers.CharField(max_length=40), required=False, max_length=20)


class NewSegment(ChangeSegment):
    """A draft; its first version is sent to `versions`."""

    key = serializers.RegexField(KEY, max_length=100, help_text="The name in rules and in addresses; never reused.")
    team = serializers.CharField(help_text="Its key.")
    unit = serializers.ChoiceField(choices=Unit.choices, default=Unit.PROFILE, help_text="What it counts, for good.")


class NewVersion(Strict):
    """A definition to save as a draft."""

    definition = DefinitionField(help_text="See docs/rule-language.md and `rules/schema`.")
    note = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=10_000, help_text="What changed, and why."
    )
    after = serializers.IntegerField(
        required=False,
        min_value=0,
        help_text="The number of the newest version that you have seen, 0 for none: 409 if there is a newer one.",
    )
