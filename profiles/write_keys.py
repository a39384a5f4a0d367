"""Write keys: what a program shows that sends as a source. 32 letters and digits, kept as a keyed hash only."""

import secrets
import string

from django.utils.crypto import salted_hmac

LENGTH = 32


def generate() -> str:
    """190 random bits, in the form that the SDKs know."""
    alphabet = string.ascii_letters + string.digits
    return "".join(secrets.choice(alphabet) for _ in range(LENGTH))


def digest_of(key: str) -> str:
    """HMAC-SHA-256 with a key derived from the installation's: useless without it to whoever reads the table."""
    return salted_hmac("profiles.write_keys", key, algorithm="sha256").hexdigest()
