"""Forms in which people describe what data has brought, and say how often a source sends."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lib import ages
from pages.styled import style
from profiles.models import EventProperty, EventType, Serves, Source, TraitDefinition
from profiles.models.described import check_synonyms
from profiles.uses import Entry

PROMISES = (
    ("", lazy("Nothing")),
    (str(3600), lazy("Every hour")),
    (str(6 * 3600), lazy("Every 6 hours")),
    (str(86_400), lazy("Every day")),
    (str(7 * 86_400), lazy("Every week")),
    (str(31 * 86_400), lazy("Every month")),
)


class DescribeForm(forms.Form):
    """What is said of anything in the catalogue."""

    label = forms.CharField(label=lazy("Name"), max_length=150, required=False)
    description = forms.CharField(
        label=lazy("Description"), required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=10_000
    )
    serves = forms.ChoiceField(label=lazy("Model"), required=False, choices=[("", lazy("Not said")), *Serves.choices])

    def __init__(self, data: Any, initial: dict[str, Any], auto_id: str) -> None:
        super().__init__(data, initial=initial, auto_id=auto_id)
        style(self)


class SourceMixin(DescribeForm):
    """Which of the `sources` it comes from: by key in the form, as a row once it is clean."""

    source = forms.ChoiceField(label=lazy("Source"), required=False)

    def __init__(self, sources: Sequence[Source], data: Any, initial: dict[str, Any], auto_id: str) -> None:
        super().__init__(data, initial, auto_id)
        self.sources = {source.key: source for source in sources}
        choices = [("", lazy("Not known")), *((source.key, source.name) for source in sources)]
        self.fields["source"].choices = choices  # type: ignore[attr-defined]  # a choice field's

    def clean_source(self) -> Source | None:
        """The row."""
        return self.sources.get(self.cleaned_data["source"])


class EventForm(SourceMixin):
    """What is said of an event."""


class PropertyForm(DescribeForm):
    """What is said of a property, whose source is its event's."""

    measured_in = forms.CharField(
        label=lazy("Measured in"), max_length=50, required=False, help_text=lazy("EUR, days, km, ...")
    )
    personal = forms.BooleanField(
        label=lazy("Personal data"),
        required=False,
        help_text=lazy("Its values say who somebody is: shown only to people who may see personal data."),
    )
    synonyms = forms.CharField(
        label=lazy("Synonyms of values"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control font-monospace"}),
        help_text=lazy("One stored value a line, then other words for it: US = USA, United States"),
    )

    def clean_synonyms(self) -> dict[str, list[str]]:
        """Stored value → other words."""
        found: dict[str, list[str]] = {}
        for line in filter(str.strip, self.cleaned_data["synonyms"].splitlines()):
            value, sign, words = line.rpartition("=")
            if not sign:
                raise ValidationError(_("“%(line)s”: write the stored value, =, and other words.") % {"line": line})
            said = [word.strip() for word in words.split(",") if word.strip()]
            found.setdefault(value.strip(), []).extend(said)
        check_synonyms(found)
        return found


class TraitForm(SourceMixin, PropertyForm):
    """What is said of a trait."""


class SourceForm(forms.Form):
    """A source's name, and how often it sends at the least."""

    name = forms.CharField(label=lazy("Name"), max_length=150)
    promise = forms.ChoiceField(
        label=lazy("Promises new data"),
        required=False,
        help_text=lazy("What is older than that shows as stale here and on each segment that depends on it."),
    )

    def __init__(self, source: Source, data: Any = None) -> None:
        now = "" if source.promise is None else str(int(source.promise.total_seconds()))
        super().__init__(data, initial={"name": source.name, "promise": now})
        choices: list[tuple[str, Any]] = list(PROMISES)
        if source.promise is not None and now not in dict(choices):
            choices.append((now, ages.every(source.promise).capitalize()))
        self.fields["promise"].choices = choices  # type: ignore[attr-defined]  # a choice field's
        style(self)

    def clean_promise(self) -> timedelta | None:
        """The time, None for nothing."""
        said = self.cleaned_data["promise"]
        return timedelta(seconds=int(said)) if said else None


def form_of(entry: Entry, sources: Sequence[Source], data: Any = None, place: str = "") -> DescribeForm:
    """The form of its kind, filled in with what is said already; `place` tells several on one page apart."""
    auto_id = f"id_{place}%s"
    initial: dict[str, Any] = {"label": entry.label, "description": entry.description, "serves": entry.serves}
    if not isinstance(entry, EventType):
        lines = [f"{value} = {', '.join(words)}" for value, words in entry.synonyms.items()]
        initial |= {"personal": entry.personal, "measured_in": entry.measured_in, "synonyms": "\n".join(lines)}
    if isinstance(entry, EventProperty):
        return PropertyForm(data, initial, auto_id)
    initial["source"] = entry.source.key if entry.source else ""
    kind = TraitForm if isinstance(entry, TraitDefinition) else EventForm
    return kind(sources, data, initial, auto_id)
