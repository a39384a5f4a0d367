"""A listener that must not be reached, a spy on connections, and names that lead where the test says."""

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_django import Settings

from lib.http.addresses import AllowList
from lib.http.client import Client, Limits
from tests.lib.http.listener import OK, Listener, answering, listening

Names = dict[str, list[list[str]]]
"""For each name, the answers to one look-up after another; the last one stays. `*` stands for all other names."""

QUICK = Limits(connect=0.5, read=0.5, total=1.0, body=1000)


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening(answering(OK)) as found:
        yield found


@pytest.fixture
def client() -> Iterator[Client]:
    with Client(QUICK) as found:
        yield found


@pytest.fixture
def allow(settings: Settings) -> Callable[..., None]:
    """Let these hosts and networks be called."""

    def let(*entries: str) -> None:
        settings.OUTBOUND_ALLOW = AllowList.parse(entries)

    let()
    return let


@pytest.fixture
def connects(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Every address to which a socket of the internet's families is about to connect. Only loopback gets through."""
    seen: list[tuple[str, int]] = []
    connect = socket.socket.connect

    def spy(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            seen.append(address[:2])
            if not address[0].startswith("127."):
                raise ConnectionRefusedError("the test lets nothing out")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", spy)
    return seen


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """A name service: addresses are themselves, everything else is looked up here."""
    known: Names = {}
    look_up = socket.getaddrinfo

    def answer(host: str, port: int, *rest: Any, **more: Any) -> Any:
        if not any(letter.isalpha() for letter in host.lower()) or ":" in host:
            return look_up(host, port, *rest, **more)
        answers = known.get(host, known.get("*"))
        if answers is None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        return [
            (socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in addresses
        ]

    monkeypatch.setattr("lib.http.guard.getaddrinfo", answer)
    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return known
