"""Forms of the admin site: a definition is read and checked before it is saved."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.actors import INSTALLATION
from segments.models import Segment, SegmentVersion
from segments.rules.documents import load
from segments.rules.errors import DefinitionErrors, RuleError
from segments.services import checked
from segments.services.contract import require_contract, require_owner_of

if TYPE_CHECKING:  # Django's classes are generic for type checkers only
    SegmentFormBase = forms.ModelForm[Segment]
    VersionFormBase = forms.ModelForm[SegmentVersion]
else:
    SegmentFormBase = VersionFormBase = forms.ModelForm


class SegmentForm(SegmentFormBase):
    """A segment's contract; once a version is in force it has to stay whole."""

    class Meta:
        model = Segment
        fields = (
            "key",
            "name",
            "team",
            "unit",
            "owner",
            "decision",
            "freshness",
            "review_on",
            "review_months",
            "expected_least",
            "expected_most",
            "notes",
            "tags",
        )

    def clean(self) -> dict[str, Any] | None:
        """Shows what the contract would lack at its fields."""
        cleaned = super().clean() or {}
        team = cleaned.get("team") or (self.instance.team if self.instance.pk else None)
        if team is not None and "owner" in self.changed_data:
            require_owner_of(team, cleaned.get("owner"))
        if self.instance.published_id is not None:
            require_contract(
                decision=cleaned.get("decision") or "", owner=cleaned.get("owner"), review_on=cleaned.get("review_on")
            )
        return cleaned


class VersionForm(VersionFormBase):
    """A new version; every mistake of its definition is shown at the field."""

    definition = forms.CharField(
        strip=False,
        widget=forms.Textarea(attrs={"rows": 24, "cols": 100, "spellcheck": "false"}),
        help_text='JSON, like {"unit": "profile", "rule": {"trait": "plan", "op": "eq", "value": "paid"}}.',
    )

    class Meta:
        model = SegmentVersion
        fields = ("segment", "note")

    def clean(self) -> dict[str, Any] | None:
        """Replaces the text of the definition by the document that it holds."""
        cleaned = super().clean() or {}
        segment, text = cleaned.get("segment"), cleaned.get("definition")
        if isinstance(segment, Segment) and text:
            try:
                loaded = load(text)
                checked(segment, loaded, actor=INSTALLATION)
                cleaned["definition"] = loaded.document
            except DefinitionErrors as errors:
                self.add_error("definition", ValidationError([_shown(error) for error in errors.errors]))
        return cleaned


def _shown(error: RuleError) -> str:
    return f"{error.path}: {error.message}" if error.path else error.message
