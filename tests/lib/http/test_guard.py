"""No request reaches a private address (TARGETS S3), whatever its URL looks like and wherever its name leads."""

import json
import socket
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured

from lib.http import targets
from lib.http.addresses import AllowList
from lib.http.client import Client
from lib.http.errors import ForbiddenTargetError, HttpError, UnreachableError
from tests.lib.http.conftest import Names
from tests.lib.http.listener import Listener, answering, listening

HOSTILE = json.loads((Path(__file__).parent / "hostile_urls.json").read_text())
LITERALS = [url for urls in HOSTILE["literals"].values() for url in urls]
PUBLIC = "93.184.216.34"


def post(client: Client, url: str) -> None:
    client.send("POST", url, headers={"x-secret": "s3cret"}, content=b"{}")


def test_hostile_urls_make_no_connection(
    client: Client,
    listener: Listener,
    connects: list[tuple[str, int]],
    names: Names,
    allow: Callable[..., None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    got_through = []
    names["*"] = [["127.0.0.1"]]
    for url, addresses in HOSTILE["names"].items():
        host = (urlsplit(url.replace(":{port}", "")).hostname or "").encode("idna").decode()
        names[host] = [addresses]
    for url in [*LITERALS, *HOSTILE["names"]]:
        try:
            post(client, url.replace("{port}", str(listener.port)))
        except ForbiddenTargetError:
            continue
        except HttpError as error:
            got_through.append((url, str(error)))
        else:
            got_through.append((url, "was answered"))
    assert got_through == []
    assert connects == []
    assert listener.connections == 0
    with capsys.disabled():
        print(f"\nS3: {len(LITERALS) + len(HOSTILE['names'])} hostile URLs, {len(connects)} connections")
    assert len(LITERALS) + len(HOSTILE["names"]) >= 200


def test_a_careless_client_would_have_reached_the_listener(listener: Listener) -> None:
    """What makes the test above one that can be lost."""
    reached = 0
    for url in HOSTILE["literals"]["loopback in numbers that resolvers read as 127.0.0.1"]:
        host = url.removeprefix("http://").removesuffix(":{port}/")
        try:
            with socket.create_connection((host, listener.port), timeout=0.5):
                reached += 1
        except OSError:
            continue
    assert reached >= 20


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("https://hooks.example.com/a/b?c=d", "hooks.example.com", 443),
        ("HTTPS://Hooks.Example.COM", "hooks.example.com", 443),
        ("http://example.com:8080/", "example.com", 8080),
        ("https://example.com?next=a@b", "example.com", 443),
        ("https://example.com/@user/hook:1", "example.com", 443),
        ("https://bücher.example/", "xn--bcher-kva.example", 443),
        ("https://8.8.8.8/", "8.8.8.8", 443),
        ("https://[2606:4700:0:0::6810:84E5]:8443/", "2606:4700::6810:84e5", 8443),
        ("https://100.63.255.255/", "100.63.255.255", 443),
        ("https://172.32.0.1/", "172.32.0.1", 443),
        ("https://1.example/", "1.example", 443),
    ],
)
def test_addresses_of_the_internet_are_called(url: str, host: str, port: int) -> None:
    target = targets.parse(url)
    assert (target.host, target.port) == (host, port)


def test_the_connection_goes_to_the_address_that_was_checked(
    client: Client, connects: list[tuple[str, int]], names: Names, allow: Callable[..., None]
) -> None:
    names["rebinding.example"] = [[PUBLIC], ["127.0.0.1"]]
    with pytest.raises(UnreachableError, match=r"rebinding\.example can't be reached"):
        post(client, "http://rebinding.example/")
    assert connects == [(PUBLIC, 80)]
    with pytest.raises(ForbiddenTargetError):
        post(client, "http://rebinding.example/")
    assert connects == [(PUBLIC, 80)]


def test_every_checked_address_of_a_name_is_tried(
    client: Client, connects: list[tuple[str, int]], names: Names, allow: Callable[..., None]
) -> None:
    names["two.example"] = [[PUBLIC, "2606:4700::6810:84e5"]]
    with pytest.raises(UnreachableError):
        post(client, "https://two.example/")
    assert connects == [(PUBLIC, 443), ("2606:4700::6810:84e5", 443)]


def test_redirects_to_private_addresses_are_not_followed(
    client: Client, connects: list[tuple[str, int]], names: Names, allow: Callable[..., None]
) -> None:
    allow("receiver.example")
    names["receiver.example"] = [["127.0.0.1"]]
    with listening(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) as private:
        places = [url.replace("{port}", str(private.port)) for url in LITERALS if url.isascii() and url.isprintable()]
        for status in (301, 302, 303, 307, 308):
            for place in places[::5]:
                head = f"HTTP/1.1 {status} X\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n".encode()
                with listening(answering(head)) as receiver:
                    answer = client.send("POST", f"http://receiver.example:{receiver.port}/", headers={}, content=b"{}")
                    assert (answer.status, receiver.connections) == (status, 1)
        assert private.connections == 0
    assert {address for address, _ in connects} == {"127.0.0.1"}


@pytest.mark.parametrize("entry", ["127.0.0.1", "127.0.0.0/8", "inner.example"])
def test_the_operator_can_let_private_addresses_be_called(
    entry: str, client: Client, listener: Listener, names: Names, allow: Callable[..., None]
) -> None:
    names["inner.example"] = [["127.0.0.1"]]
    with pytest.raises(ForbiddenTargetError, match="OUTBOUND_ALLOW"):
        post(client, f"http://inner.example:{listener.port}/")
    allow(entry)
    post(client, f"http://inner.example:{listener.port}/")
    assert listener.connections == 1


def test_what_the_operator_allows_is_all_that_is_allowed(
    client: Client, listener: Listener, names: Names, allow: Callable[..., None]
) -> None:
    allow("10.0.0.0/8", "other.example")
    names["inner.example"] = [["127.0.0.1", "10.0.0.1"]]
    for url in (f"http://inner.example:{listener.port}/", listener.url, f"http://127.1:{listener.port}/"):
        with pytest.raises(ForbiddenTargetError):
            post(client, url)
    assert listener.connections == 0


@pytest.mark.parametrize("entry", ["10.0.0.5/24", "inner.example:8080", "http://inner.example", "*", "300.1.1.1"])
def test_a_wrong_entry_of_the_operator_is_named(entry: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="OUTBOUND_ALLOW holds") as refusal:
        AllowList.parse(["10.0.0.0/8", entry])
    assert entry in str(refusal.value)


def test_a_refusal_does_not_tell_where_a_name_leads(client: Client, names: Names, allow: Callable[..., None]) -> None:
    names["db.example"] = [["10.20.30.40"]]
    with pytest.raises(ForbiddenTargetError) as refusal:
        post(client, "http://db.example/")
    assert "10.20" not in str(refusal.value)


def test_a_name_that_leads_nowhere_says_so(client: Client, names: Names, allow: Callable[..., None]) -> None:
    with pytest.raises(UnreachableError, match=r"The name nowhere\.example leads nowhere"):
        post(client, "http://nowhere.example/")


def test_sockets_of_this_machine_are_not_called(client: Client) -> None:
    backend = client._pool._network_backend
    with pytest.raises(ForbiddenTargetError):
        backend.connect_unix_socket("/run/docker.sock")
