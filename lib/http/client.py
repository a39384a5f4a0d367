"""Sends requests to the outside. Redirects are not followed, proxies of the environment not asked, cookies not kept."""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self

import httpcore
import httpx

from lib.http import targets
from lib.http.errors import UnreachableError
from lib.http.guard import Deadline, GuardedBackend

HEADERS = {"user-agent": "segment-registry", "accept": "*/*", "accept-encoding": "identity"}
LONGEST_WAIT = timedelta(days=1)
"""The most that is believed of a `Retry-After`."""


@dataclass(frozen=True)
class Limits:
    """In seconds, and bytes of an answer's body. `total` covers everything from the look-up of the name on."""

    connect: float = 10
    read: float = 20
    total: float = 30
    body: int = 1_000_000


@dataclass(frozen=True)
class Answer:
    """What came back. `body` is as it was sent, never decompressed; not `complete`: it is longer than the limit."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    complete: bool

    @property
    def retry_after(self) -> timedelta | None:
        """How long the other side asks us to wait, at most a day; None where it does not say."""
        text = self.headers.get("retry-after", "").strip()
        if text.isascii() and text.isdigit():
            seconds = int(text[:10])
        else:
            moment = _moment(text)
            if moment is None:
                return None
            seconds = round((moment - datetime.now(UTC)).total_seconds())
        return timedelta(seconds=min(max(seconds, 0), LONGEST_WAIT.total_seconds()))


class Client:
    """Keeps connections open between requests. For one thread; one request at a time.

    Requests are httpx's, but not its client: that reads the environment, keeps cookies, and takes offence at redirects
    which nobody wants to follow.
    """

    def __init__(self, limits: Limits = Limits(), trust: ssl.SSLContext | None = None) -> None:
        self._limits = limits
        self._deadline = Deadline()
        self._pool = httpcore.ConnectionPool(
            ssl_context=trust or httpx.create_ssl_context(trust_env=False),
            network_backend=GuardedBackend(self._deadline),
        )

    def send(self, method: str, url: str, *, headers: Mapping[str, str], content: bytes) -> Answer:
        """One request. Raises `ForbiddenTargetError`, and `UnreachableError` where there is no whole answer.

        An answer of 3xx is an answer like any other: whoever follows it sends anew, and is checked anew.
        """
        target = targets.parse(url)
        request = httpx.Request(method, target.url, headers={**HEADERS, **headers}, content=content)
        with _in_words(target.host, self._limits), closing(self._begin(request)) as answer:
            body, complete = self._read(answer)
        return Answer(answer.status, httpx.Headers(answer.headers), body, complete)

    def close(self) -> None:
        self._pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _begin(self, request: httpx.Request) -> httpcore.Response:
        self._deadline.start(self._limits.total)
        url, read = request.url, self._limits.read
        return self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=request.read(),
                extensions={"timeout": {"connect": self._limits.connect, "read": read, "write": read, "pool": read}},
            )
        )

    def _read(self, answer: httpcore.Response) -> tuple[bytes, bool]:
        body = bytearray()
        for piece in answer.iter_stream():
            body += piece
            if len(body) > self._limits.body:
                return bytes(body[: self._limits.body]), False
        return bytes(body), True


@contextmanager
def _in_words(host: str, limits: Limits) -> Iterator[None]:
    """Say what went wrong without repeating what the other side said: it may be somebody else's secret."""
    try:
        yield
    except httpcore.TimeoutException as error:
        raise UnreachableError(f"{host} did not answer in time ({limits.total:g} s at the most).") from error
    except (httpcore.ConnectError, httpcore.ReadError) as error:
        cause = next(iter(error.args), None)  # httpcore's pool drops the chain
        if isinstance(cause, ssl.SSLError):
            raise UnreachableError(f"No safe connection to {host}: {_fault(cause)}.") from error
        fault = "can't be reached" if isinstance(error, httpcore.ConnectError) else "broke the connection off"
        raise UnreachableError(f"{host} {fault}.") from error
    except httpcore.NetworkError as error:
        raise UnreachableError(f"{host} broke the connection off.") from error
    except httpcore.RemoteProtocolError:  # whose text holds what was answered
        raise UnreachableError(f"{host} gave half an answer, or one that is not HTTP.") from None


def _fault(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not valid, {error.verify_message}"
    return "it does not speak TLS as we do"


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
