"""Runs, and the numbers that they made."""

from typing import Any

from rest_framework import serializers

from lib.rest.serializers import Strict
from segments import upkeep
from segments.health import Health
from segments.models import Run, Segment


class RunDocument(serializers.Serializer[Run]):
    """One recomputation of one segment."""

    id = serializers.IntegerField()
    segment = serializers.CharField(source="segment.key")
    version = serializers.IntegerField(source="version.number")
    trigger = serializers.ChoiceField(choices=Run.Trigger.choices)
    state = serializers.ChoiceField(choices=Run.State.choices)
    as_of = serializers.DateTimeField(allow_null=True, help_text="The instant at which everything was decided.")
    queued_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    attempts = serializers.IntegerField()
    next_attempt_at = serializers.DateTimeField(allow_null=True)
    members = serializers.IntegerField(allow_null=True)
    entered = serializers.IntegerField(allow_null=True)
    left = serializers.IntegerField(allow_null=True)
    drift = serializers.IntegerField(
        allow_null=True, help_text="Of a daily check: members that signals had left in another state; 0 unless wrong."
    )
    evaluate_ms = serializers.IntegerField(allow_null=True)
    store_ms = serializers.IntegerField(allow_null=True)
    failure_code = serializers.CharField()
    failure = serializers.CharField(help_text="What went wrong, and what to do.")


class HistoryQuery(Strict):
    """How far back."""

    days = serializers.IntegerField(required=False, default=90, min_value=1, max_value=366, help_text="Up to today.")


class DayDocument(serializers.Serializer[Any]):
    """One day in the installation's timezone."""

    day = serializers.DateField()
    members = serializers.IntegerField(allow_null=True, help_text="At its end; null where no run was recent enough.")
    entered = serializers.IntegerField()
    left = serializers.IntegerField()


class History(serializers.Serializer[Any]):
    """The numbers of a segment, now and over time."""

    members = serializers.IntegerField(source="good_members", allow_null=True, help_text="Of the last good run.")
    members_as_of = serializers.DateTimeField(source="good_as_of", allow_null=True)
    upkeep = serializers.ChoiceField(choices=Segment.Upkeep.choices, help_text="What keeps the members up to date.")
    kept = serializers.SerializerMethodField(help_text="The same in words, with how often and why.")
    health = serializers.ChoiceField(choices=Health.choices)
    failure = serializers.CharField(allow_null=True, help_text="Why the refreshes since then failed.")
    days = DayDocument(many=True, help_text="The oldest first, today last.")

    def get_kept(self, segment: Segment) -> str:
        """Empty without a published version."""
        return upkeep.in_words(segment)
