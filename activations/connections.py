"""The values of a connection: checked against what its kind declares, kept with the secrets encrypted, and opened."""

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

from activations.destinations import kind as destination_kind
from activations.destinations.base import ConfigField, Destination
from activations.models import Connection
from lib import crypto
from lib.http import targets
from lib.http.errors import ForbiddenTargetError

SHOWN, SHORTEST_SHOWN = 4, 24
"""Characters of a secret that are shown, and from which length on."""


def stored(
    kind: str, given: Mapping[str, str], before: Connection | None = None
) -> tuple[dict[str, str], dict[str, str]]:
    """`config` and `secrets` of a connection with these values, the secrets encrypted. Raises `ValidationError`.

    A secret that is left out stays as it was `before`, unless the address that it is for changes.
    """
    secret = {field.key for field in _declared(kind) if field.secret}
    kept = {key: value for key, value in (before.secrets if before else {}).items() if key in secret - given.keys()}
    cleaned = clean_config(kind, given, on_file=kept)
    if before and kept and _moved(before, cleaned):
        labels = ", ".join(field.label for field in _declared(kind) if field.key in kept)
        raise ValidationError({"config": f"The address changes, so enter again what is meant for it only: {labels}."})
    config = {key: value for key, value in cleaned.items() if key not in secret}
    try:
        sealed = {key: crypto.seal(cleaned[key]) for key in secret & given.keys() if cleaned[key]}
    except crypto.CryptoError as error:
        raise ValidationError({"config": str(error)}) from error
    return config, kept | sealed


def clean_config(kind: str, config: Mapping[str, str], on_file: Collection[str] = ()) -> dict[str, str]:
    """The values checked against the fields that the kind declares; one left out has its default. Those `on_file` need
    not be given. Raises `ValidationError` by field.
    """
    declared = _declared(kind)
    unknown = sorted(set(config) - {field.key for field in declared})
    if unknown:
        raise ValidationError({"config": f"{kind} has no field '{unknown[0]}'."})
    fields = {field.key: form_field(field) for field in declared}
    for key in on_file:
        fields[key].required = False
    form = type("ConfigForm", (forms.Form,), dict(fields))(
        data={field.key: field.default for field in declared} | dict(config)
    )
    if not form.is_valid():
        raise ValidationError({"config": [f"{key}: {text}" for key, texts in form.errors.items() for text in texts]})
    cleaned: dict[str, str] = form.cleaned_data
    return cleaned


def form_field(field: ConfigField) -> forms.Field:
    """The field of a form for one declared field. What is typed into a secret one is never shown again."""
    common: dict[str, Any] = {
        "label": field.label, "help_text": field.help, "initial": field.default, "required": field.required,
    }  # fmt: skip
    if field.choices:
        return forms.ChoiceField(choices=list(field.choices), **common)
    validators: list[Any] = [_callable] if field.address else []
    if field.pattern:
        validators.append(RegexValidator(rf"^(?:{field.pattern})\Z", f"It must look like this: {field.help}"))
    if field.secret:
        common["widget"] = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(validators=validators, **common)


def opened(connection: Connection) -> Destination:
    """The destination with its values, secrets in the clear. Raises `LookupError`, and `CryptoError` where they can't
    be read."""
    found = destination_kind(connection.kind)
    defaults = {field.key: field.default for field in found.fields}
    secrets = {key: crypto.unseal(value) for key, value in connection.secrets.items()}
    tool = found({**defaults, **connection.config, **secrets})
    tool.account = str(connection.pk)
    return tool


def endings(connection: Connection) -> dict[str, str]:
    """The last four characters of each secret that is on file, by field, so that people can tell which one it is.

    Empty for a secret that is too short to show any of it, and for one that can't be read.
    """
    return {key: _ending(sealed) for key, sealed in connection.secrets.items()}


def _ending(sealed: str) -> str:
    try:
        secret = crypto.unseal(sealed)
    except crypto.CryptoError:
        return ""
    return secret.rstrip("=")[-SHOWN:] if len(secret) >= SHORTEST_SHOWN else ""


def _declared(kind: str) -> tuple[ConfigField, ...]:
    try:
        return destination_kind(kind).fields
    except LookupError as error:
        raise ValidationError({"kind": str(error)}) from error


def _moved(before: Connection, cleaned: Mapping[str, str]) -> bool:
    addresses = (field.key for field in _declared(before.kind) if field.address)
    return any(cleaned[key] != before.config.get(key, "") for key in addresses)


def _callable(url: str) -> None:
    try:
        targets.parse(url)
    except ForbiddenTargetError as error:
        raise ValidationError(str(error)) from error
