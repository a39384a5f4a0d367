"""Signatures of Standard Webhooks: HMAC-SHA256 over id, seconds and the raw body, one for each secret."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence

from activations.destinations.base import MisconfiguredError

PREFIX = "whsec_"
FEWEST_BYTES, MOST_BYTES = 24, 64


def keys_of(text: str) -> list[bytes]:
    """The keys of secrets that are separated by blanks. Raises `MisconfiguredError`."""
    return [_key(secret) for secret in text.split()]


def sign(keys: Sequence[bytes], message_id: str, seconds: int, body: bytes) -> str:
    """The header `webhook-signature`: valid for a receiver that knows any one of the keys."""
    signed = f"{message_id}.{seconds}.".encode() + body
    digests = (hmac.digest(key, signed, hashlib.sha256) for key in keys)
    return " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests)


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not FEWEST_BYTES <= len(key) <= MOST_BYTES:
        raise MisconfiguredError(
            f"A signing secret is {PREFIX} and then {FEWEST_BYTES} to {MOST_BYTES} random bytes in base64; "
            "this connection's is not. Enter it anew."
        )
    return key
