"""What the emulators of tools have in common: a real HTTP server on loopback that misbehaves when it is told to.

An emulator is written from the vendor's contract and shares no code with our client. It keeps what the tool would
keep, refuses what the tool would refuse, and counts. Tests run against it, and so does the demo's "try it".
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

FAULTS = ("429", "500", "503", "hang", "late", "cut", "cut_after", "half_answer", "half_batch", "not_http")
"""Each spoils one call. `late`: taken after the caller has given up; `half_batch`: half is taken, then a 500."""


@dataclass(frozen=True)
class Request:
    """A call as it came. Header names are in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        """The body as JSON; None where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(frozen=True)
class Response:
    """`body`: a document that is sent as JSON, or text."""

    status: int = 200
    body: Any = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        return self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()


class Emulator(ABC):
    """One pretend tool. `faults` are used up one a call; `refused` are calls that broke the contract, in words.

    What else it has as attributes is what it holds: plain values, which whoever runs it may keep in a file.
    """

    label: ClassVar[str]

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.faulted = 0
        self.calls: list[Request] = []
        self.refused: list[str] = []
        self.lock = Lock()
        self.ended = Event()
        self.patience = 1.8
        """Seconds that a hanging call hangs: longer than the caller waits."""

    @abstractmethod
    def answer(self, request: Request) -> Response:
        """What the tool does with a call. Called by one thread at a time."""

    def breach(self, _request: Request) -> str:
        """What breaks the contract in a call, whatever becomes of it, in words; nothing where `answer` tells it all."""
        return ""

    def take_half(self, request: Request) -> None:
        """Take the first half of a call, of which the caller is told nothing."""
        self.take(self.halved(request))

    @abstractmethod
    def halved(self, request: Request) -> Request:
        """The call with the first half of its people."""

    @abstractmethod
    def config(self, address: str) -> dict[str, str]:
        """Values of a connection to it, where it is served at `address` (no slash at the end)."""

    @abstractmethod
    def shown(self) -> list[str]:
        """What it holds, one line for each person or message, for people who look."""

    @abstractmethod
    def lock_out(self) -> None:
        """Change the key, so that callers are no longer let in."""

    def refuse(self, words: str, response: Response) -> Response:
        """Note that a call broke the contract, and answer as the tool would."""
        self.refused.append(words)
        return response

    def take(self, request: Request) -> Response:
        with self.lock:
            return self.answer(request)

    def limit(self) -> Response:
        """How the tool says that it was called too often."""
        return Response(429, {"status": 429}, {"Retry-After": "3"})


@contextmanager
def serving(emulator: Emulator, port: int = 0) -> Iterator[str]:
    """Serve until the block ends; answers the address, without a slash at the end."""
    handler = type("Handler", (_Handler,), {"emulator": emulator})
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            emulator.ended.set()
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    emulator: Emulator

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, parts.path, dict(parse_qsl(parts.query)), headers, body)
        self.emulator.calls.append(request)
        if words := self.emulator.breach(request):
            self.emulator.refused.append(words)
        if self.emulator.faults:
            self.emulator.faulted += 1
            self._spoil(self.emulator.faults.pop(0), request)
        else:
            self._send(self.emulator.take(request))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - names that http.server calls

    def _spoil(self, fault: str, request: Request) -> None:
        emulator = self.emulator
        match fault:
            case "429":
                self._send(emulator.limit())
            case "500" | "503":
                self._send(Response(int(fault), "Traceback: database password is hunter2"))
            case "half_batch":
                emulator.take_half(request)
                self._send(Response(500))
            case "half_answer":
                emulator.take(request)
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
                self.close_connection = True
            case "not_http":
                self.wfile.write(b"220 mail.example ESMTP\r\n")
                self.close_connection = True
            case _:
                self._break_off(fault, request)

    def _break_off(self, fault: str, request: Request) -> None:
        """No answer: after a wait or at once, with the call taken or not."""
        if fault in ("hang", "late"):
            self.emulator.ended.wait(self.emulator.patience)
        if fault in ("late", "cut_after"):
            self.emulator.take(request)
        self.close_connection = True

    def _send(self, response: Response) -> None:
        kind = "text/plain" if isinstance(response.body, str) else "application/json"
        self.send_response(response.status)
        content = b"" if response.status == 204 else response.content
        for name, value in {"Content-Type": kind, **response.headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Quiet."""
