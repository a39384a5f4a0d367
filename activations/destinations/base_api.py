"""What tools with an HTTP API have in common: calls at the connection's pace, and answers turned into the contract's
errors. A destination of this kind declares how it signs in and judges what only its tool says."""

import json
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from activations.destinations.base import Destination, MisconfiguredError, TransientError
from lib.http import client as http
from lib.http.errors import ForbiddenTargetError, UnreachableError

TRY_AGAIN = frozenset({408, 425, 429})
"""Beside everything from 500 on."""
SIGN_IN_FAILED = frozenset({401, 403})


@dataclass(frozen=True)
class Reply:
    """A whole answer that is neither a limit nor an outage. `document` is its JSON, None where it has none."""

    status: int
    document: Any
    text: str

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300


class ApiDestination(Destination):
    """A tool that is called over HTTP with JSON. One client for a run, made when it is first needed."""

    limits: ClassVar[http.Limits] = http.Limits(connect=10, read=60, total=90, body=8_000_000)

    def __init__(self, config: Mapping[str, str]) -> None:
        super().__init__(config)
        self._client: http.Client | None = None

    @abstractmethod
    def base_url(self) -> str:
        """Where the API is, without a slash at the end."""

    @abstractmethod
    def headers(self) -> dict[str, str]:
        """What signs a call in."""

    def call(self, method: str, path: str, document: Any = None) -> Reply:
        """One call. Raises `TransientError` for limits, outages and half answers, `MisconfiguredError` where the tool
        does not let us in or may not be called; what else the status means is the destination's to say."""
        self.pace()
        self._client = self._client or http.Client(self.limits)
        content = b"" if document is None else json.dumps(document, ensure_ascii=False).encode()
        headers = {"content-type": "application/json", "accept": "application/json", **self.headers()}
        try:
            answer = self._client.send(method, self.base_url() + path, headers=headers, content=content)
        except ForbiddenTargetError as error:
            raise MisconfiguredError(str(error)) from error
        except UnreachableError as error:
            raise TransientError(str(error)) from error
        return self._judged(answer)

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def _judged(self, answer: http.Answer) -> Reply:
        status = answer.status
        if status >= 500 or status in TRY_AGAIN:
            raise TransientError(f"{self.label} answered with {status}.", answer.retry_after)
        if status in SIGN_IN_FAILED:
            raise MisconfiguredError(
                f"{self.label} did not let us in ({status}): the key is wrong, revoked, or lacks a permission. "
                "Enter a valid one at the connection, test it, and resume."
            )
        if 300 <= status < 400:
            raise MisconfiguredError(
                f"{self.label} answered with {status}; redirects are not followed. Mend the address of the connection."
            )
        if not answer.complete:
            raise TransientError(f"{self.label} answered with more than {self.limits.body:,} bytes.")
        text = answer.body.decode("utf-8", "replace")
        return Reply(status, _document(answer.body), text)


def _document(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
