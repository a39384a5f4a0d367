"""Imports as requests and answers."""

from typing import Any

from rest_framework import serializers

from lib.rest.serializers import PageQuery, Strict
from profiles.models import Import

MOST_COLUMNS = 1000


class _Name(serializers.CharField):
    """A column or a key, with the blanks that it has."""

    def __init__(self, **given: Any) -> None:
        super().__init__(max_length=500, trim_whitespace=False, **given)


class _Mapping(serializers.DictField):
    """Column → what is done with it."""

    def __init__(self, **given: Any) -> None:
        super().__init__(child=_Name(), required=False, allow_empty=True, **given)


class NewImport(Strict):
    """What to import and how: the options of the commands, by their names (docs/commands.md)."""

    team = serializers.CharField(help_text="The key of the team that answers for it.")
    kind = serializers.ChoiceField(choices=Import.Kind.choices)
    source = serializers.CharField(  # type: ignore[assignment]  # a name that REST framework uses for itself too
        required=False, max_length=63, help_text="The key of the system it comes from."
    )
    id = _Name(required=False, help_text="The column with the external id, of profiles and companies.")
    event = _Name(required=False, help_text="The event of all rows.")
    map = _Mapping(help_text="Column → the name it is to have.")
    skip = serializers.ListField(child=_Name(), required=False, max_length=MOST_COLUMNS, help_text="Columns.")
    list = _Mapping(help_text="Column → what separates its texts.")
    date = _Mapping(help_text="Column → how its dates are written, as in `%d/%m/%Y`.")
    timezone = serializers.CharField(required=False, max_length=100, help_text="Of times without an offset; UTC.")
    encoding = serializers.CharField(required=False, max_length=40, help_text="Of text; UTF-8, or as the file says.")
    types = serializers.JSONField(
        required=False, help_text="`profile_traits`, `company_traits` (key → type), `events` (event → key → type)."
    )
    yes = serializers.BooleanField(default=False, help_text="Accept the types that are inferred, unseen.")


class ImportQuery(PageQuery):
    """Which imports to list."""

    team = serializers.CharField(required=False, help_text="A team's key.")
    kind = serializers.ChoiceField(required=False, choices=Import.Kind.choices)
    state = serializers.ChoiceField(required=False, choices=Import.State.choices)


class Addition(serializers.Serializer[Any]):
    """Something that is new in the catalogue."""

    kind = serializers.ChoiceField(choices=["event", "property", "profile trait", "company trait", "source"])
    event = serializers.CharField(required=False, help_text="Whose property it is.")
    name = serializers.CharField()
    type = serializers.CharField(required=False)
    note = serializers.CharField(required=False, help_text="How the type was found, where that may surprise.")


class ImportStep(serializers.Serializer[Any]):
    """How far it is."""

    verb = serializers.ChoiceField(choices=["checking", "importing"])
    rows = serializers.IntegerField()
    share = serializers.FloatField(help_text="Of the file, 0 to 1.")


class ImportCounts(serializers.Serializer[Any]):
    """What became of the rows."""

    read = serializers.IntegerField()
    new = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField(help_text="Known already, and the same.")
    rejected = serializers.IntegerField(help_text="Rows.")
    rejected_values = serializers.IntegerField(help_text="E-mails and phones of rows that were taken.")
    other = serializers.DictField(child=serializers.IntegerField())


class ImportDocument(serializers.Serializer[Import]):
    """One import."""

    number = serializers.IntegerField(source="pk")
    team = serializers.CharField(source="team.key")
    by = serializers.EmailField(source="actor.email", allow_null=True, default=None)
    kind = serializers.ChoiceField(choices=Import.Kind.choices)
    options = serializers.DictField(child=serializers.JSONField())
    state = serializers.ChoiceField(choices=Import.State.choices)
    waits_for = serializers.ChoiceField(choices=["file", "acceptance"], allow_null=True)
    size = serializers.IntegerField(allow_null=True, help_text="Bytes of the file.")
    sha256 = serializers.CharField(help_text="Of the file; empty until it is here.")
    additions = Addition(many=True)
    notes = serializers.ListField(child=serializers.CharField())
    step = serializers.SerializerMethodField()
    counts = serializers.SerializerMethodField()
    reasons = serializers.DictField(child=serializers.IntegerField(), help_text="Why rows were rejected, how often.")
    failure_code = serializers.CharField()
    failure = serializers.CharField()
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)

    def get_step(self, row: Import) -> dict[str, Any] | None:
        """Null before and after."""
        return row.step or None

    def get_counts(self, row: Import) -> dict[str, Any] | None:
        """Null until it is done."""
        return row.counts or None
