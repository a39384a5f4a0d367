"""A web server on loopback that counts who connects, and answers what the test wants."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Thread

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

Behave = Callable[[socket.socket], None]


@dataclass
class Listener:
    port: int
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    open: list[socket.socket] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"


def answering(answer: bytes) -> Behave:
    """Send these bytes to each request, and leave the connection open."""
    return lambda connection: connection.sendall(answer)


@contextmanager
def listening(behave: Behave, tls: ssl.SSLContext | None = None) -> Iterator[Listener]:
    """Serve until the block ends; `behave` is called for every request."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        listener = Listener(server.getsockname()[1])
        accepting = Thread(target=_accept, args=(server, listener, behave, tls), daemon=True)
        accepting.start()
        try:
            yield listener
        finally:
            server.shutdown(socket.SHUT_RDWR)
            accepting.join()
            for connection in listener.open:
                with suppress(OSError):  # it is closed already
                    connection.shutdown(socket.SHUT_RDWR)


def _accept(server: socket.socket, listener: Listener, behave: Behave, tls: ssl.SSLContext | None) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:  # the block has ended
            return
        listener.connections += 1
        listener.open.append(connection)
        Thread(target=_serve, args=(connection, listener, behave, tls), daemon=True).start()


def _serve(connection: socket.socket, listener: Listener, behave: Behave, tls: ssl.SSLContext | None) -> None:
    connection.settimeout(5)
    with connection, suppress(OSError):  # the client has hung up, or has taken too long
        spoken = tls.wrap_socket(connection, server_side=True) if tls else connection
        while request := _request(spoken):
            listener.requests.append(request)
            behave(spoken)


def _request(connection: socket.socket) -> bytes:
    """The head and the body of one request; b'' at the end of the connection."""
    got = b""
    while b"\r\n\r\n" not in got:
        piece = connection.recv(65536)
        if not piece:
            return b""
        got += piece
    head, _, body = got.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body
