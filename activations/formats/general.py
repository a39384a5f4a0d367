"""For tools without rules of their own."""

from activations.formats.base import Format
from activations.formats.texts import address

FORMATS = (
    Format("email", "e-mail address in lower case", address, is_hashed=False, of="email"),
    Format("email_sha256", "e-mail address in lower case, SHA-256", address, of="email"),
    Format("phone", "phone number as +49301234567", str.strip, is_hashed=False, is_phone=True, of="phone"),
    Format("phone_sha256", "phone number as +49301234567, SHA-256", str.strip, is_phone=True, of="phone"),
)
