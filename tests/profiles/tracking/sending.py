"""Messages sent to the tracking API through Django's whole stack, as the source `shop`."""

import base64
import gzip
import json
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from accounts.actors import INSTALLATION
from profiles.models import Source
from profiles.services import create_source, issue_write_key


def basic(key: str) -> str:
    """HTTP Basic with the write key as the user name."""
    return "Basic " + base64.b64encode(f"{key}:".encode()).decode()


@dataclass(frozen=True)
class Answer:
    """How a request was answered."""

    status: int
    body: dict[str, Any]
    headers: Any = field(repr=False)


@dataclass(frozen=True)
class Sender:
    """A program that sends as a source."""

    source: Source
    key: str

    def send(self, kind: str, document: object, **headers: str) -> Answer:
        """Post a document as JSON."""
        return self.post(kind, json.dumps(document).encode(), **headers)

    def post(self, kind: str, body: bytes, **headers: str) -> Answer:
        """Post a body; with the key in HTTP Basic unless `headers` say otherwise."""
        given = {"Authorization": basic(self.key), **headers}
        answer = Client().post(
            f"/v1/{kind}", body, content_type="application/json", headers={k: v for k, v in given.items() if v}
        )
        return Answer(answer.status_code, answer.json(), answer.headers)

    def zipped(self, kind: str, document: object) -> Answer:
        """Post a document packed with gzip."""
        return self.post(kind, gzip.compress(json.dumps(document).encode()), **{"Content-Encoding": "gzip"})


def make_sender(key: str = "shop") -> Sender:
    """A source and its write key."""
    source = create_source(actor=INSTALLATION, key=key, name=key.title())
    return Sender(source, issue_write_key(actor=INSTALLATION, source=source))


def track(event: str, user: object = "u1", **more: Any) -> dict[str, Any]:
    """A track call; further members by keyword."""
    return {"type": "track", "event": event, "userId": user, **more}


def identify(user: object = "u1", **traits: Any) -> dict[str, Any]:
    """An identify call with these traits."""
    return {"type": "identify", "userId": user, "traits": traits}


def batch(*messages: object, **more: Any) -> dict[str, Any]:
    """A batch of messages."""
    return {"batch": list(messages), **more}
