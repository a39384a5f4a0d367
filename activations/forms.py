"""Forms for connections and activations. The fields of a connection come from what its kind declares."""

from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError

from activations import checks, connections
from activations.destinations import kind as destination_kind
from activations.models import Activation, Connection

if TYPE_CHECKING:  # Django's classes are generic for type checkers only
    ConnectionBase = forms.ModelForm[Connection]
    ActivationBase = forms.ModelForm[Activation]
else:
    ConnectionBase = ActivationBase = forms.ModelForm

PREFIX = "config_"


class ConnectionForm(ConnectionBase):
    """A connection of one kind: give the class of `connection_form(kind)` to whoever shows it."""

    kind_name: str

    class Meta:
        model = Connection
        fields = ("team", "name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in destination_kind(self.kind_name).fields:
            shown = connections.form_field(field)
            shown.initial = self.instance.config.get(field.key, field.default)
            if field.key in self.instance.secrets:
                shown.required = False
                ending = connections.endings(self.instance).get(field.key, "")
                which = f"One that ends in {ending} is on file" if ending else "One is on file"
                shown.help_text = f"{which}; leave this empty to keep it. Otherwise: {field.help}"
            self.fields[PREFIX + field.key] = shown

    @property
    def config(self) -> dict[str, str]:
        """The values of the declared fields, once the form is valid; without the secrets that stay as they are."""
        values = {field.key: self.cleaned_data[PREFIX + field.key] for field in destination_kind(self.kind_name).fields}
        return {key: value for key, value in values.items() if value or key not in self.instance.secrets}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        try:  # whatever the service would refuse
            connections.stored(self.kind_name, self.config, self.instance if self.instance.pk else None)
        except ValidationError as error:
            raise ValidationError(error.messages) from error
        return cleaned


def connection_form(kind: str) -> type[ConnectionForm]:
    """The form for connections of one kind."""
    return type("ConnectionForm", (ConnectionForm,), {"kind_name": kind})


class ActivationForm(ActivationBase):
    """An activation. The caller saves it through the services, with `cleaned_data`."""

    timezone = forms.ChoiceField(
        choices=lambda: [(zone, zone) for zone in sorted(available_timezones())],
        initial="UTC",
        help_text="Whose clocks the daily time goes by.",
    )

    class Meta:
        model = Activation
        fields = (
            "key", "name", "segment", "connection", "purpose", "channel", "holdout", "mode", "columns", "schedule",
            "interval", "daily_at", "timezone", "removal_limit",
        )  # fmt: skip
        widgets = {"columns": forms.Textarea(attrs={"rows": 6, "cols": 80})}
        help_texts = {
            "columns": 'In order, as JSON: [{"to": "email", "identifier": "email"}, {"to": "plan", "trait": "plan"}]. '
            "The first identifier is what the tool recognises people by.",
        }

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # what Django calls once the instance has the values
        if self.errors:
            return
        try:
            checks.check(self.instance)
            if self.instance.pk:
                checks.check_change(Activation.objects.get(pk=self.instance.pk), self.instance)
        except ValidationError as error:
            self.add_error(None, error)
