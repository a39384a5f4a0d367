"""Signed webhooks as Standard Webhooks describes them: who came, changed and left, to a receiver of one's own."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from activations.destinations.base import (
    CHANGES,
    DONE,
    Answer,
    Capabilities,
    ConfigField,
    Destination,
    Fate,
    MisconfiguredError,
    OrderedAnswer,
    Outcome,
    Record,
    RejectedError,
    Sync,
    TransientError,
)
from activations.destinations.webhook import signatures
from activations.destinations.webhook.messages import Change, Message, entry, messages, test_message
from lib.http import client as http
from lib.http.errors import ForbiddenTargetError, UnreachableError

LIMITS = http.Limits(connect=10, read=20, total=30, body=64_000)
"""Standard Webhooks asks for 15 to 30 seconds. Of the answer only the status is used."""

MOST_RECORDS = 500
BYTES = {"20": 20_000, "64": 64_000, "256": 256_000}

ADVICE = {
    400: "It does not understand the message: look into its log.",
    401: "It does not accept the signature: compare the signing secret.",
    403: "It does not accept the signature: compare the signing secret.",
    404: "Nothing is at this address: look whether it is written right.",
    405: "Nothing that takes a POST is at this address: look whether it is written right.",
    410: "The receiver wants no more messages here: enter its new address, or pause the activation.",
    413: "The message is too large for it: choose a smaller largest message.",
    422: "It does not understand the message: look into its log.",
}
TRY_AGAIN = frozenset({408, 425, 429})
"""Beside everything from 500 on."""


class WebhookDestination(Destination):
    """A message is taken as a whole or not at all, so whoever is in one that was answered with 2xx has arrived."""

    label = "Webhook"
    fields = (
        ConfigField(
            key="url",
            label="Address",
            help="https://, a host on the public internet, and a path; no password in it",
            address=True,
        ),
        ConfigField(
            key="secret",
            label="Signing secret",
            help="whsec_ and 24 to 64 random bytes in base64; while you change it, the new and the old one with a "
            "blank between",
            pattern=r"whsec_[A-Za-z0-9+/]{32,86}={0,2}(?: +whsec_[A-Za-z0-9+/]{32,86}={0,2}){0,2}",
            secret=True,
        ),
        ConfigField(
            key="size",
            label="Largest message",
            default="256",
            choices=(("20", "20 KB, as Standard Webhooks advises"), ("64", "64 KB"), ("256", "256 KB")),
        ),
    )
    capabilities = Capabilities(
        batch_size=MOST_RECORDS,
        modes=CHANGES,
        identifiers=frozenset({"external_id", "email", "phone"}),
    )

    def __init__(self, config: Mapping[str, str]) -> None:
        super().__init__(config)
        self._client: http.Client | None = None

    def check(self) -> None:
        """Send a message that changes nothing."""
        try:
            self._send(test_message())
        finally:
            self.close()

    def begin(self, sync: Sync) -> None:
        self._sync = sync

    def add(self, records: Sequence[Record]) -> Answer:
        return self._change("added", records)

    def remove(self, records: Sequence[Record]) -> Answer:
        return self._change("removed", records)

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def _change(self, change: Change, records: Sequence[Record]) -> Answer:
        limit = BYTES[self.config["size"]]
        outcomes = []
        entries = []
        for record in records:
            try:
                entries.append((record, entry(self._sync, record, limit)))
                outcomes.append(DONE)
            except RejectedError as error:
                outcomes.append(Outcome(Fate.REJECTED, str(error)))
        for message in messages(self._sync, change, entries, limit):
            self._send(message)
        return OrderedAnswer(outcomes)

    def _send(self, message: Message) -> None:
        """Come back if the receiver has the message. Its words are not repeated: anybody may read ours."""
        seconds = int(datetime.now(UTC).timestamp())
        keys = signatures.keys_of(self.config["secret"])
        headers = {
            "content-type": "application/json",
            "webhook-id": message.id,
            "webhook-timestamp": str(seconds),
            "webhook-signature": signatures.sign(keys, message.id, seconds, message.body),
        }
        self._client = self._client or http.Client(LIMITS)
        try:
            answer = self._client.send("POST", self.config["url"], headers=headers, content=message.body)
        except ForbiddenTargetError as error:
            raise MisconfiguredError(str(error)) from error
        except UnreachableError as error:
            raise TransientError(str(error)) from error
        _judge(answer, message)


def _judge(answer: http.Answer, message: Message) -> None:
    status = answer.status
    if 200 <= status < 300:
        return
    words = f"The receiver answered message {message.id} with {status}."
    if status >= 500 or status in TRY_AGAIN:
        raise TransientError(words, answer.retry_after)
    if status < 400:
        raise MisconfiguredError(f"{words} Redirects are not followed: enter the address that they lead to.")
    raise MisconfiguredError(f"{words} {ADVICE.get(status, 'Look into its log.')}")
