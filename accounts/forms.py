"""Forms of accounts."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import throttle
from lib.addresses import client_address


class SignInForm(AuthenticationForm):
    """E-mail address and password. After some wrong passwords it asks to wait before it looks at the next one."""

    error_messages = {
        "invalid_login": _("This address and password do not belong together. Check both, then try again."),
        "inactive": _("This account has been switched off. An administrator can switch it on."),
    }

    def __init__(self, request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.fields["username"].label = _("E-mail address")
        self.fields["username"].widget = forms.EmailInput(
            attrs={"autofocus": True, "autocomplete": "username", "class": "form-control"}
        )
        self.fields["password"].widget.attrs["class"] = "form-control"

    def clean(self) -> dict[str, Any]:
        """Raises `ValidationError` for a wrong password, and for any password while there is a wait."""
        account = self.cleaned_data.get("username", "")
        address = client_address(self.request) if self.request else ""
        wait = throttle.begin(account, address)
        if wait:
            raise ValidationError(_too_many(wait), code="too_many")
        cleaned = super().clean()
        throttle.forget(account, address)
        return cleaned


class OwnPasswordForm(PasswordChangeForm):
    """The password of now, and the new one twice; the view saves it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"


def _too_many(minutes: int) -> str:
    return ngettext(
        "Too many wrong passwords. Wait %(minutes)d minute, then try again.",
        "Too many wrong passwords. Wait %(minutes)d minutes, then try again.",
        minutes,
    ) % {"minutes": minutes}
