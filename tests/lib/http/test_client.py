"""Requests end in time, answers are bounded, and nothing of the environment or of an earlier answer goes along."""

import gzip
import socket
import time
import traceback
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from lib.http.client import Client, Limits
from lib.http.errors import HttpError, UnreachableError
from tests.lib.http.certificates import serving
from tests.lib.http.conftest import QUICK, Names
from tests.lib.http.listener import OK, Listener, answering, listening


@pytest.fixture(autouse=True)
def _loopback(allow: Callable[..., None]) -> None:
    allow("127.0.0.1")


def head(*lines: str, status: str = "200 OK") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode()


def test_the_request_goes_out_as_given_and_the_answer_comes_back(client: Client, listener: Listener) -> None:
    answer = client.send("POST", listener.url + "hook?a=1", headers={"x-name": "v"}, content=b'{"a":1}')
    assert (answer.status, answer.body, answer.complete) == (200, b"ok", True)
    [request] = listener.requests
    lines, _, body = request.partition(b"\r\n\r\n")
    first, *headers = lines.decode().lower().split("\r\n")
    assert (first, body) == ("post /hook?a=1 http/1.1", b'{"a":1}')
    assert {f"host: 127.0.0.1:{listener.port}", "x-name: v", "accept-encoding: identity"} < set(headers)


def test_one_connection_serves_many_requests(client: Client, listener: Listener) -> None:
    for _ in range(3):
        client.send("POST", listener.url, headers={}, content=b"")
    assert (listener.connections, len(listener.requests)) == (1, 3)


def test_a_body_is_read_up_to_its_limit(client: Client) -> None:
    with listening(answering(head("Content-Length: 100000000") + b"x" * 70_000)) as endless:
        answer = client.send("GET", endless.url, headers={}, content=b"")
    assert (answer.status, len(answer.body), answer.complete) == (200, QUICK.body, False)


def test_a_compressed_body_is_not_unpacked(client: Client) -> None:
    bomb = gzip.compress(b"\0" * 500_000)
    reply = head("Content-Encoding: gzip", f"Content-Length: {len(bomb)}") + bomb
    with listening(answering(reply)) as sender:
        answer = client.send("GET", sender.url, headers={}, content=b"")
    assert answer.body == bomb


def hang(connection: socket.socket) -> None:
    connection.recv(1)  # which comes when the client has hung up


def drip(connection: socket.socket) -> None:
    connection.sendall(head("Content-Length: 1000"))
    while True:
        connection.sendall(b"x")
        time.sleep(0.05)  # what a slow sender does, not a wait for something


def drip_headers(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-More: x\r\n")
        time.sleep(0.05)


@pytest.mark.parametrize("behave", [hang, drip, drip_headers])
def test_a_request_ends_in_time(behave: Callable[[socket.socket], None]) -> None:
    limits = Limits(connect=0.5, read=0.3, total=0.6)
    with listening(behave) as slow, Client(limits) as client:
        begun = time.monotonic()
        with pytest.raises(UnreachableError, match="did not answer in time"):
            client.send("POST", slow.url, headers={}, content=b"{}")
        assert time.monotonic() - begun < 2


def test_a_name_service_that_hangs_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lib.http.guard.getaddrinfo", lambda *_: time.sleep(3))
    with (
        Client(Limits(connect=0.2, total=0.3)) as client,
        pytest.raises(UnreachableError, match=r"slow\.example was not found within"),
    ):
        client.send("POST", "http://slow.example/", headers={}, content=b"")


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (b"", "half an answer"),
        (head("Content-Length: 10") + b"half", "half an answer"),
        (head("Transfer-Encoding: chunked") + b"5\r\nab", "half an answer"),
        (b"-ERR top-secret of another protocol\r\n\r\n", "not HTTP"),
        (head("X: " + "y" * 200_000), "not HTTP"),
    ],
)
def test_half_answers_and_other_protocols_are_no_answers(client: Client, reply: bytes, words: str) -> None:
    def cut(connection: socket.socket) -> None:
        connection.sendall(reply)
        connection.shutdown(socket.SHUT_RDWR)

    with listening(cut) as cutting, pytest.raises(UnreachableError, match=words) as refusal:
        client.send("POST", cutting.url, headers={}, content=b"{}")
    assert "top-secret" not in "".join(traceback.format_exception(refusal.value))


def test_nobody_listening_says_so(client: Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(UnreachableError, match="can't be reached"):
        client.send("POST", f"http://127.0.0.1:{port}/", headers={}, content=b"")


def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch, listener: Listener) -> None:
    with listening(answering(head("Content-Length: 0"))) as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        with Client(QUICK) as client:
            assert client.send("GET", listener.url, headers={}, content=b"").body == b"ok"
        assert proxy.connections == 0


def test_a_netrc_file_is_not_read(
    monkeypatch: pytest.MonkeyPatch, listener: Listener, tmp_path_factory: pytest.TempPathFactory
) -> None:
    netrc = tmp_path_factory.mktemp("home") / ".netrc"
    netrc.write_text("machine 127.0.0.1 login ann password s3cret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HOME", str(netrc.parent))
    with Client(QUICK) as client:
        client.send("GET", listener.url, headers={}, content=b"")
    assert b"authorization" not in listener.requests[0].lower()


def test_cookies_are_not_kept(client: Client) -> None:
    with listening(answering(head("Set-Cookie: a=b", "Content-Length: 0"))) as baker:
        for _ in range(2):
            client.send("GET", baker.url, headers={}, content=b"")
        assert b"cookie" not in baker.requests[1].lower()


def test_certificates_are_checked_against_the_name(names: Names, allow: Callable[..., None], tmp_path: Path) -> None:
    allow("tls.example", "other.example")
    names["tls.example"] = names["other.example"] = [["127.0.0.1"]]
    server, trust = serving("tls.example", tmp_path)
    asked: list[str | None] = []
    server.sni_callback = lambda _socket, name, _context: asked.append(name)
    with listening(answering(OK), server) as listener, Client(QUICK, trust) as client, Client(QUICK) as usual:
        assert client.send("GET", f"https://tls.example:{listener.port}/", headers={}, content=b"").status == 200
        for caller, name in ((client, "other.example"), (usual, "tls.example")):
            with pytest.raises(UnreachableError, match=f"No safe connection to {name}: its certificate is not valid"):
                caller.send("GET", f"https://{name}:{listener.port}/", headers={}, content=b"")
    assert asked == ["tls.example", "other.example", "tls.example"]
    assert len(listener.requests) == 1


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7),
        ("0", 0),
        ("9" * 400, 86_400),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 86_400),
    ],
)
def test_retry_after_is_read_and_bounded(client: Client, text: str, seconds: int | None) -> None:
    with listening(answering(head(f"Retry-After: {text}", "Content-Length: 0", status="429 X"))) as busy:
        wait = client.send("POST", busy.url, headers={}, content=b"").retry_after
    assert wait == (None if seconds is None else timedelta(seconds=seconds))


def test_urls_and_headers_are_not_logged(client: Client, listener: Listener, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    client.send("POST", listener.url + "?token=t0ken", headers={"authorization": "s3cret"}, content=b"")
    with pytest.raises(HttpError):
        client.send("POST", "http://127.0.0.2/?token=t0ken", headers={"authorization": "s3cret"}, content=b"")
    assert "t0ken" not in caplog.text
    assert "s3cret" not in caplog.text
