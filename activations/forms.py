"""Forms for connections and activations. The fields of a connection come from what its kind declares."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

from activations import checks
from activations.destinations import kind as destination_kind
from activations.destinations.base import ConfigField
from activations.models import Activation, Connection

if TYPE_CHECKING:  # Django's classes are generic for type checkers only
    ConnectionBase = forms.ModelForm[Connection]
    ActivationBase = forms.ModelForm[Activation]
else:
    ConnectionBase = ActivationBase = forms.ModelForm

PREFIX = "config_"


def clean_config(kind: str, config: Mapping[str, str]) -> dict[str, str]:
    """The values checked against the fields that the kind declares; one left out has its default.

    Raises `ValidationError` by field.
    """
    try:
        declared = destination_kind(kind).fields
    except LookupError as error:
        raise ValidationError({"kind": str(error)}) from error
    unknown = sorted(set(config) - {field.key for field in declared})
    if unknown:
        raise ValidationError({"config": f"{kind} has no field '{unknown[0]}'."})
    fields = {field.key: form_field(field) for field in declared}
    form = type("ConfigForm", (forms.Form,), dict(fields))(
        data={field.key: field.default for field in declared} | dict(config)
    )
    if not form.is_valid():
        raise ValidationError({"config": [f"{key}: {text}" for key, texts in form.errors.items() for text in texts]})
    cleaned: dict[str, str] = form.cleaned_data
    return cleaned


def form_field(field: ConfigField) -> forms.Field:
    """The field of a form for one declared field."""
    common: dict[str, Any] = {
        "label": field.label, "help_text": field.help, "initial": field.default, "required": field.required,
    }  # fmt: skip
    if field.choices:
        return forms.ChoiceField(choices=list(field.choices), **common)
    shape = [RegexValidator(rf"^(?:{field.pattern})\Z", f"It must look like this: {field.help}")]
    return forms.CharField(validators=shape if field.pattern else (), **common)


class ConnectionForm(ConnectionBase):
    """A connection of one kind: give the class of `connection_form(kind)` to whoever shows it."""

    kind_name: str

    class Meta:
        model = Connection
        fields = ("team", "name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in destination_kind(self.kind_name).fields:
            shown = form_field(field)
            shown.initial = self.instance.config.get(field.key, field.default)
            self.fields[PREFIX + field.key] = shown

    @property
    def config(self) -> dict[str, str]:
        """The values of the declared fields, once the form is valid."""
        names = (field.key for field in destination_kind(self.kind_name).fields)
        return {name: self.cleaned_data[PREFIX + name] for name in names}


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
            "key", "name", "segment", "connection", "mode", "columns", "schedule", "interval", "daily_at", "timezone",
            "removal_limit",
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
