"""Keeps secrets unreadable in the database: MultiFernet over the keys of the settings, of which the first encrypts."""

import base64
import binascii

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

KEY_BYTES = 32


class CryptoError(Exception):
    """A secret can't be encrypted or read; the text says what the operator has to do."""


class UnreadableError(CryptoError):
    """None of the keys fits."""


class Secret(str):
    """A text that does not show itself in a representation, such as the locals of a traceback or a logged mapping."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'…'"


def seal(text: str) -> str:
    """Encrypt. Raises `CryptoError` where there is no key."""
    return MultiFernet(_keys()).encrypt(text.encode()).decode()


def unseal(sealed: str) -> Secret:
    """Read what `seal` made with any of the keys. Raises `CryptoError`, `UnreadableError` where none fits."""
    try:
        return Secret(MultiFernet(_keys()).decrypt(sealed.encode()).decode())
    except InvalidToken:
        raise UnreadableError(
            "A stored secret can't be read: it was encrypted with a key that is not among REGISTRY_SECRET_KEYS. Add "
            "that key behind the others and restart; if it is lost, enter the secrets of the connection again."
        ) from None


def is_sealed_with_first_key(sealed: str) -> bool:
    """Whether `reseal` would change nothing but the text."""
    try:
        _keys()[0].decrypt(sealed.encode())
    except InvalidToken:
        return False
    return True


def reseal(sealed: str) -> str:
    """The same secret, encrypted with the first key. Raises `CryptoError`."""
    return seal(unseal(sealed))


def _keys() -> list[Fernet]:
    if not settings.REGISTRY_SECRET_KEYS:
        raise CryptoError(
            "There is no key for the secrets of connections. Set REGISTRY_SECRET_KEYS, the same on all machines; "
            "docs/settings.md says how to make one."
        )
    return [_key(place, text) for place, text in enumerate(settings.REGISTRY_SECRET_KEYS, start=1)]


def _key(place: int, text: str) -> Fernet:
    """Padding may be left out: secret generators differ in it."""
    try:
        key = base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars="-_", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise CryptoError(
            f"Key {place} of REGISTRY_SECRET_KEYS is not {KEY_BYTES} bytes in URL-safe base64 (43 or 44 characters)."
        )
    return Fernet(base64.urlsafe_b64encode(key))
