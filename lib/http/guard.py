"""Where connections are made: each to an address that was looked up once and checked, and none past its time."""

import ssl
import time
from collections.abc import Iterable
from ipaddress import ip_address
from queue import Empty, SimpleQueue
from socket import AF_UNSPEC, SOCK_STREAM, gaierror, getaddrinfo
from threading import Thread
from typing import Any

import httpcore

from lib.http.addresses import Address
from lib.http.errors import ForbiddenTargetError, UnreachableError
from lib.http.targets import check, literal

Answers = list[tuple[Any, ...]]


class Deadline:
    """The end of a request, by the monotonic clock; `start` sets it anew for the next one."""

    def __init__(self) -> None:
        self._end = 0.0

    def start(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def within(self, seconds: float | None) -> float:
        """The part of `seconds` that is left. Raises `httpcore.TimeoutException` when none is."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.TimeoutException
        return left if seconds is None else min(seconds, left)


class GuardedBackend(httpcore.NetworkBackend):
    """Connects to names that lead to public addresses only. For one request at a time."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Raises `ForbiddenTargetError`, `UnreachableError`, and httpcore's own where no address takes the call."""
        refusal: httpcore.NetworkError | httpcore.TimeoutException | None = None
        for address in addresses_of(host, port, self._deadline.within(timeout)):
            try:
                stream = self._plain.connect_tcp(
                    str(address), port, self._deadline.within(timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                refusal = error
            else:
                return GuardedStream(stream, self._deadline)
        raise refusal or httpcore.ConnectError("no address")

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002 - httpcore's signature
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        raise ForbiddenTargetError(f"{path} is a socket of this machine, so it is not called.")


class GuardedStream(httpcore.NetworkStream):
    """A connection whose every step ends with the request's time."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.within(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.within(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        inner = self._stream.start_tls(ssl_context, server_hostname, self._deadline.within(timeout))
        return GuardedStream(inner, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def addresses_of(host: str, port: int, seconds: float) -> list[Address]:
    """The addresses of a host, all of which may be called. Raises `ForbiddenTargetError`, `UnreachableError`."""
    itself = literal(host)
    addresses = [itself] if itself is not None else _looked_up(host, port, seconds)
    check(host, addresses)
    return addresses


def _looked_up(host: str, port: int, seconds: float) -> list[Address]:
    """In a thread of its own: the system's look-up can't be told when to give up."""
    answered: SimpleQueue[Answers | OSError] = SimpleQueue()

    def look_up() -> None:
        try:
            answered.put(getaddrinfo(host, port, AF_UNSPEC, SOCK_STREAM))
        except OSError as error:
            answered.put(error)

    Thread(target=look_up, name="look-up", daemon=True).start()
    try:
        found = answered.get(timeout=seconds)
    except Empty:
        raise UnreachableError(f"The name {host} was not found within {seconds:.0f} s.") from None
    if isinstance(found, gaierror):
        raise UnreachableError(f"The name {host} leads nowhere; look whether it is written right.") from found
    if isinstance(found, OSError):
        raise found
    return [ip_address(place[0]) for place in dict.fromkeys(answer[4] for answer in found)]
