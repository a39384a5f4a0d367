"""Customer Match of Google, through its Data Manager API."""

from activations.formats.base import Format
from activations.formats.texts import composed, digits, tight_address, without_tag

_DOTLESS = frozenset({"gmail.com", "googlemail.com"})


def email(text: str) -> str:
    """At Google's own mail, dots before the @ and what follows a + mean nothing; elsewhere they stay."""
    found = tight_address(text)
    name, _, domain = found.partition("@")
    if domain not in _DOTLESS:
        return found
    return without_tag(f"{name.replace('.', '')}@{domain}")


def phone(text: str) -> str:
    found = digits(text)
    return f"+{found}" if found else ""


def code(text: str) -> str:
    return text.strip().upper()


FORMATS = (
    Format("email_address", "Google: e-mail address", email, of="email"),
    Format("phone_number", "Google: phone number", phone, is_phone=True, of="phone"),
    Format("given_name", "Google: first name", composed),
    Format("family_name", "Google: last name", composed),
    Format("region_code", "Google: country, two letters", code, is_hashed=False),
    Format("postal_code", "Google: postcode", str.strip, is_hashed=False),
)
