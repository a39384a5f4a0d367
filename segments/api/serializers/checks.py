"""What checks have found."""

from rest_framework import serializers

from lib.rest.serializers import Strict
from segments.models import CheckFinding


class FindingDocument(serializers.Serializer[CheckFinding]):
    """One thing that a check has found wrong with a segment."""

    id = serializers.IntegerField()
    check = serializers.CharField(source="check_key", help_text="The check, by its key.")
    title = serializers.CharField()
    subject = serializers.CharField(help_text="What it is about, where there can be several.")
    severity = serializers.ChoiceField(choices=CheckFinding.Severity.choices)
    evidence = serializers.CharField(help_text="What was found, with its numbers.")
    next_step = serializers.CharField(help_text="What to do.")
    numbers = serializers.JSONField(help_text="The numbers of the evidence by name.")
    found_at = serializers.DateTimeField(help_text="When it was found first.")
    snoozed_until = serializers.DateTimeField(allow_null=True)
    snoozed_by = serializers.EmailField(source="snoozed_by.email", allow_null=True, default=None)
    snooze_reason = serializers.CharField()


class Snooze(Strict):
    """To say nothing of a finding for a while."""

    until = serializers.DateTimeField(help_text="A moment to come, within a year.")
    reason = serializers.CharField(max_length=10_000, help_text="For those who read it later.")
