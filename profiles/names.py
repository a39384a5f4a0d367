"""What to call a customer: their name, from the traits that hold one by the names that traits usually have."""

from collections.abc import Mapping
from typing import Any

WHOLE = ("name", "full_name", "fullName", "display_name", "displayName")
FIRST = ("first_name", "firstName", "firstname", "given_name", "givenName")
LAST = ("last_name", "lastName", "lastname", "family_name", "familyName", "surname")


def name_of(traits: Mapping[str, Any]) -> str:
    """A whole name, or first and last; empty where the traits hold none."""
    whole = _text(traits, WHOLE)
    return whole or " ".join(part for part in (_text(traits, FIRST), _text(traits, LAST)) if part)


def _text(traits: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    found = (traits[key] for key in keys if isinstance(traits.get(key), str))
    return next((value.strip() for value in found if value.strip()), "")
