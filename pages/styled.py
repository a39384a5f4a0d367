"""Forms with the look of the pages."""

from django import forms

_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxSelectMultiple, "choices"),
    (forms.RadioSelect, "choices"),
    (forms.CheckboxInput, "form-check-input"),
    (forms.Select, "form-select"),
    (forms.HiddenInput, ""),
)
"""The class of a widget, by the first kind that it is of; all others are text fields."""


def style(form: forms.BaseForm) -> None:
    """Give every widget of a form its class."""
    for field in form.fields.values():
        name = next((name for kind, name in _CLASSES if isinstance(field.widget, kind)), "form-control")
        if name:
            field.widget.attrs.setdefault("class", name)
