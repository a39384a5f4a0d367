"""Whether a message is genuine (Standard Webhooks): HMAC-SHA256 over its id, its seconds and its bytes as they came."""

import base64
import hashlib
import hmac
import os
import secrets
import time
from collections.abc import Mapping
from pathlib import Path

TOLERANCE = 300
"""Seconds that the sender's clock may be away from ours."""


def shared_secret(folder: Path) -> str:
    """The secret of the demo's receiver; made once, in a file that only its owner may read."""
    path = folder / "receiver-secret"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write("whsec_" + base64.b64encode(secrets.token_bytes(32)).decode())
    return path.read_text()


def is_genuine(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether whoever sent this knows the secret, and sent it just now."""
    message_id, seconds = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not (seconds.isascii() and seconds.isdigit()) or abs(time.time() - int(seconds)) > TOLERANCE:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, f"{message_id}.{seconds}.".encode() + body, hashlib.sha256)
    expected = "v1," + base64.b64encode(digest).decode()
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(expected.encode(), one.encode()) for one in given)
