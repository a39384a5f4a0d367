"""Sends messages to the tracking API, as an SDK would: in batches, and again until they are taken."""

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus

from demo.live.outbox import Message
from lib.http.client import Client, Limits
from lib.http.errors import UnreachableError

LIMITS = Limits(connect=2, read=10, total=15, body=10_000)


class RefusedError(Exception):
    """The tracking API does not want what we send, and will not want it the next time either."""


class Sender:
    """The programs of all sources, at one address. Not for threads."""

    def __init__(self, url: str, write_keys: Mapping[str, str]) -> None:
        self._address = f"{url}/v1/batch"
        self._headers = {source: _headers(key) for source, key in write_keys.items()}
        self._client = Client(LIMITS)

    def send(self, source: str, messages: Sequence[Message]) -> bool:
        """Whether they were taken; else they are to be sent again. Raises `RefusedError`."""
        body = json.dumps({"batch": messages, "sentAt": datetime.now(UTC).isoformat()}).encode()
        try:
            answer = self._client.send("POST", self._address, headers=self._headers[source], content=body)
        except UnreachableError:
            return False
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return False
        if answer.status != HTTPStatus.OK:
            raise RefusedError(
                f"the tracking API answered {answer.status}: {answer.body[:300].decode(errors='replace')}"
            )
        return True


def _headers(write_key: str) -> dict[str, str]:
    credentials = base64.b64encode(f"{write_key}:".encode()).decode()
    return {"authorization": f"Basic {credentials}", "content-type": "application/json"}
