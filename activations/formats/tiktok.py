"""Custom audiences of TikTok."""

from activations.formats.base import Format
from activations.formats.texts import address, digits, without_tag


def email(text: str) -> str:
    """What follows a + before the @ means nothing, whoever runs the mail."""
    return without_tag(address(text))


FORMATS = (
    Format("EMAIL_SHA256", "TikTok: e-mail address", email, of="email"),
    Format("PHONE_SHA256", "TikTok: phone number", digits, is_phone=True, of="phone"),
)
