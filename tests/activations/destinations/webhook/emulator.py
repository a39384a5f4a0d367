"""A receiver of webhooks on loopback, as strict as Standard Webhooks lets it be, and as unreliable as a test wants.

It remembers ids, and applies a message once. Messages that overtake each other are told apart by their run, as
docs/destinations/webhook.md advises.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from activations.destinations.base_emulator import Emulator, Request, Response, serving

TOLERANCE = 300
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqr"
OTHER_SECRET = "whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB"
PATH = "/hook"


class Receiver(Emulator):
    """`held` is key → entry, `refused` what was wrong with messages that it did not take."""

    label = "Receiver of webhooks"

    def __init__(self) -> None:
        super().__init__()
        self.key = "email"
        self.secrets: tuple[str, ...] = (SECRET,)
        self.status = 200
        self.headers: dict[str, str] = {}
        self.held: dict[str, dict[str, Any]] = {}
        self.seen: dict[str, bytes] = {}
        self.runs: dict[str, int] = {}
        self.repeated = 0
        self.url = ""
        self.patience = 2.5

    def breach(self, request: Request) -> str:
        return self.refusal(request)[1]

    def answer(self, request: Request) -> Response:
        status, reason = self.refusal(request)
        if reason:
            return Response(status, f"{reason}; the secret is {self.secrets[0]}")
        if self.status < 300:
            self._take(request)
        return Response(self.status, "the receiver's own words", self.headers)

    def take_half(self, request: Request) -> None:
        """Apply the first half of the members, and don't remember the message."""
        with self.lock:
            self._apply(self.halved(request).document)

    def halved(self, request: Request) -> Request:
        document = request.document
        for change in ("added", "removed"):
            members = document["data"].get(change, [])
            document["data"][change] = members[: len(members) // 2]
        return replace(request, body=json.dumps(document).encode())

    def config(self, address: str) -> dict[str, str]:
        return {"url": address + PATH, "secret": SECRET, "size": "256"}

    def shown(self) -> list[str]:
        return sorted(self.held)

    def lock_out(self) -> None:
        self.secrets = (OTHER_SECRET,)

    def refusal(self, call: Request) -> tuple[int, str]:
        """The status and the reason for which a message is not taken; 200 if it is."""
        message_id = call.headers.get("webhook-id", "")
        seconds = call.headers.get("webhook-timestamp", "")
        if not message_id or "." in message_id:
            return 400, "no usable id"
        if not seconds.isdigit() or abs(time.time() - int(seconds)) > TOLERANCE:
            return 401, "the timestamp is not of now"
        if not any(self._fits(secret, call, f"{message_id}.{seconds}.") for secret in self.secrets):
            return 401, "no signature fits"
        if call.headers.get("content-type") != "application/json" or len(call.body) > 256_000:
            return 400, "not a message"
        if self.seen.get(message_id, call.body) != call.body:
            return 400, "two messages of one id"
        return 200, ""

    def _fits(self, secret: str, call: Request, start: str) -> bool:
        key = base64.b64decode(secret.removeprefix("whsec_"))
        expected = base64.b64encode(hmac.new(key, start.encode() + call.body, hashlib.sha256).digest()).decode()
        given = call.headers.get("webhook-signature", "").split(" ")
        return any(hmac.compare_digest(one, f"v1,{expected}") for one in given)

    def _take(self, call: Request) -> None:
        """Apply a message, unless it was applied before."""
        message_id = call.headers["webhook-id"]
        if message_id in self.seen:
            self.repeated += 1
            return
        self.seen[message_id] = call.body
        self._apply(call.document)

    def _apply(self, document: dict[str, Any]) -> None:
        if document["type"] != "segment.membership.changed":
            return
        run = document["data"]["run"]
        for entry in document["data"]["removed"]:
            if self._is_newest(entry[self.key], run):
                self.held.pop(entry[self.key], None)
        for entry in document["data"]["added"]:
            if self._is_newest(entry[self.key], run):
                self.held[entry[self.key]] = entry

    def _is_newest(self, key: str, run: int) -> bool:
        self.runs[key] = max(run, self.runs.get(key, 0))
        return self.runs[key] == run


@contextmanager
def receiving(receiver: Receiver) -> Iterator[Receiver]:
    """Serve until the block ends."""
    with serving(receiver) as address:
        receiver.url = address + PATH
        yield receiver
