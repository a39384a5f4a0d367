"""The form around a rule: what a segment promises, and who answers for it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import policy, selectors
from accounts.actors import Actor
from accounts.models import Team, TeamMember, User
from accounts.policy import Action
from lib import ages
from profiles.models import Unit
from segments.models import Segment
from segments.services.contract import CONTRACT

PROMISES = (
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=7),
)
LONGEST_TAG = 40
USUAL_MONTHS = 3
REVIEWS = ((1, _("Every month")), (3, _("Every quarter")), (6, _("Twice a year")), (12, _("Once a year")))


class PromiseField(forms.TypedChoiceField):
    """How fresh members are kept: one of a few rhythms, or the segment's own."""

    def __init__(self, own: timedelta) -> None:
        lengths = sorted({*PROMISES, own})
        choices = [(str(int(length.total_seconds())), ages.every(length).capitalize()) for length in lengths]
        super().__init__(
            label=_("Refreshed"), choices=choices, coerce=_seconds, help_text=_("Members are never older than this.")
        )

    def prepare_value(self, value: Any) -> Any:
        """A span of time as the value of its choice."""
        return str(int(value.total_seconds())) if isinstance(value, timedelta) else value


def _seconds(text: str) -> timedelta:
    return timedelta(seconds=int(text))


class TagsField(forms.CharField):
    """Words with commas between them, as a list."""

    def prepare_value(self, value: Any) -> Any:
        """A list as it is written."""
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        """Raises `ValidationError` for a word that is too long."""
        words = [word for part in str(super().clean(value)).split(",") if (word := part.strip())]
        if any(len(word) > LONGEST_TAG for word in words):
            raise ValidationError(_("A tag has at most %(most)d letters.") % {"most": LONGEST_TAG})
        return words


class ContractForm(forms.Form):
    """The fields that stay with a segment for life, and its rule.

    `base` is the number of the newest version when the page was opened, and `seen` what the contract held then
    (`told`): only what this person has changed is written, and nothing that they have not seen is overwritten.
    """

    name = forms.CharField(
        label=_("Name"), max_length=150, help_text=_("Say who they are, so that another team understands it.")
    )
    decision = forms.CharField(
        label=_("What will you do differently for them?"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Asked for before publishing: a message, an offer, a channel or a price."),
    )
    owner = forms.ModelChoiceField(User.objects.none(), label=_("Owner"), required=False, empty_label=_("Nobody yet"))
    review_on = forms.DateField(
        label=_("Next review"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("When you will look whether it is still needed."),
    )
    review_months = forms.TypedChoiceField(label=_("Reviewed"), choices=REVIEWS, coerce=int, required=False)
    expected_least = forms.IntegerField(
        label=_("Expected members, at least"), required=False, min_value=0, max_value=2**63 - 1
    )
    expected_most = forms.IntegerField(label=_("At most"), required=False, min_value=0, max_value=2**63 - 1)
    notes = forms.CharField(
        label=_("Notes"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 2})
    )
    tags = TagsField(label=_("Tags"), required=False, help_text=_("Words to find it by, with commas between them."))
    note = forms.CharField(
        label=_("What changed, and why"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    definition = forms.CharField(
        label=_("Rule as JSON"), strip=False, widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false"})
    )
    base = forms.IntegerField(required=False, widget=forms.HiddenInput)
    seen = forms.JSONField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, own: timedelta, owners: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["freshness"] = PromiseField(own)
        chosen: Any = self.fields["owner"]
        chosen.queryset = owners
        own_rhythm = self.initial.get("review_months", 3)
        if own_rhythm not in dict(REVIEWS):
            said = _("Every %(months)s months") % {"months": own_rhythm}
            months: Any = self.fields["review_months"]
            months.choices = [*REVIEWS, (own_rhythm, said)]
        for field in self.fields.values():
            chooses = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if chooses else "form-control"

    def clean_review_months(self) -> int:
        """A quarter where the form, of a draft that was kept before there was this field, says nothing."""
        return int(self.cleaned_data["review_months"] or USUAL_MONTHS)

    @property
    def contract(self) -> dict[str, Any]:
        """What the services take of the form."""
        return {name: self.cleaned_data[name] for name in CONTRACT}


def told(contract: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a contract as texts that can be compared."""
    owner, review_on = contract["owner"], contract["review_on"]
    return {
        "name": contract["name"],
        "owner": str(owner.pk) if owner else "",
        "decision": contract["decision"],
        "freshness": str(int(contract["freshness"].total_seconds())),
        "review_on": review_on.isoformat() if review_on else "",
        "review_months": str(contract["review_months"]),
        "expected_least": _number(contract["expected_least"]),
        "expected_most": _number(contract["expected_most"]),
        "notes": contract["notes"],
        "tags": ", ".join(contract["tags"]),
    }


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


class NewForm(ContractForm):
    """A segment that is not there yet: besides, its key, its team and what it counts."""

    key = forms.SlugField(
        label=_("Key"), max_length=100, help_text=_("Its name in rules and in the API. It never changes.")
    )
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Team"), empty_label=None)
    unit = forms.ChoiceField(label=_("Counts"), choices=[(Unit.PROFILE, _("People")), (Unit.COMPANY, _("Companies"))])

    def __init__(self, data: Mapping[str, str] | None, *, actor: Actor, initial: Mapping[str, Any]) -> None:
        people = selectors.users(actor=actor).filter(is_active=True)
        super().__init__(data, own=timedelta(hours=1), owners=people, initial=initial)
        teams: Any = self.fields["team"]
        teams.queryset = policy.teams(actor, Action.EDIT)


class EditForm(ContractForm):
    """A segment that is there."""

    def __init__(self, data: Mapping[str, str] | None, *, segment: Segment, initial: Mapping[str, Any]) -> None:
        members = TeamMember.objects.filter(team=segment.team).values("user")
        people = User.objects.filter(Q(is_active=True, pk__in=members) | Q(segments=segment)).distinct()
        super().__init__(data, own=segment.freshness, owners=people, initial=initial)
