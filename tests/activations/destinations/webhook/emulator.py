"""A receiver of webhooks on loopback, as strict as Standard Webhooks lets it be, and as unreliable as a test wants.

It remembers ids, and applies a message once. Messages that overtake each other are told apart by their run, as
docs/destinations/webhook.md advises.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any

TOLERANCE = 300
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqr"

FAULTS = ("429", "500", "503", "hang", "late", "cut", "cut_after", "half_answer", "half_batch", "not_http")
"""Each spoils one call. `late`: accepted after the sender has given up; `half_batch`: half is applied, then a 500."""


@dataclass
class Call:
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.body)
        return document


@dataclass
class Receiver:
    """`held` is key → entry, `refusals` what was wrong with messages that it did not take."""

    key: str = "email"
    secrets: tuple[str, ...] = (SECRET,)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    held: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    seen: dict[str, bytes] = field(default_factory=dict)
    runs: dict[str, int] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    repeated: int = 0
    faulted: int = 0
    port: int = 0
    lock: Lock = field(default_factory=Lock)
    ended: Event = field(default_factory=Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def refusal(self, call: Call) -> tuple[int, str]:
        """The status and the reason for which a message is not taken; 200 if it is."""
        message_id = call.headers.get("webhook-id", "")
        seconds = call.headers.get("webhook-timestamp", "")
        if not message_id or "." in message_id:
            return 400, "no usable id"
        if not seconds.isdigit() or abs(time.time() - int(seconds)) > TOLERANCE:
            return 401, "the timestamp is not of now"
        if not any(self._fits(secret, call, f"{message_id}.{seconds}.") for secret in self.secrets):
            return 401, "no signature fits"
        if call.headers.get("content-type") != "application/json" or len(call.body) > 256_000:
            return 400, "not a message"
        if self.seen.get(message_id, call.body) != call.body:
            return 400, "two messages of one id"
        return 200, ""

    def _fits(self, secret: str, call: Call, start: str) -> bool:
        key = base64.b64decode(secret.removeprefix("whsec_"))
        expected = base64.b64encode(hmac.new(key, start.encode() + call.body, hashlib.sha256).digest()).decode()
        given = call.headers.get("webhook-signature", "").split(" ")
        return any(hmac.compare_digest(one, f"v1,{expected}") for one in given)

    def take(self, call: Call) -> None:
        """Apply a message, unless it was applied before."""
        with self.lock:
            message_id = call.headers["webhook-id"]
            if message_id in self.seen:
                self.repeated += 1
                return
            self.seen[message_id] = call.body
            self._apply(call.document)

    def take_half(self, call: Call) -> None:
        """Apply the first half of the members, and don't remember it."""
        document = call.document
        for change in ("added", "removed"):
            members = document["data"].get(change, [])
            document["data"][change] = members[: len(members) // 2]
        with self.lock:
            self._apply(document)

    def _apply(self, document: dict[str, Any]) -> None:
        if document["type"] != "segment.membership.changed":
            return
        run = document["data"]["run"]
        for entry in document["data"]["removed"]:
            if self._is_newest(entry[self.key], run):
                self.held.pop(entry[self.key], None)
        for entry in document["data"]["added"]:
            if self._is_newest(entry[self.key], run):
                self.held[entry[self.key]] = entry

    def _is_newest(self, key: str, run: int) -> bool:
        self.runs[key] = max(run, self.runs.get(key, 0))
        return self.runs[key] == run


@contextmanager
def receiving(receiver: Receiver) -> Iterator[Receiver]:
    """Serve until the block ends."""
    handler = type("Handler", (_Handler,), {"receiver": receiver})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        receiver.port = server.server_port
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            receiver.ended.set()
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    receiver: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        call = Call({name.lower(): value for name, value in self.headers.items()}, body)
        self.receiver.calls.append(call)
        status, reason = self.receiver.refusal(call)
        if reason:
            self.receiver.refusals.append(reason)
            self._answer(status, {}, f"{reason}; the secret is {self.receiver.secrets[0]}".encode())
        elif self.receiver.faults:
            self.receiver.faulted += 1
            self._spoil(self.receiver.faults.pop(0), call)
        else:
            if self.receiver.status < 300:
                self.receiver.take(call)
            self._answer(self.receiver.status, self.receiver.headers, b"the receiver's own words")

    def _spoil(self, fault: str, call: Call) -> None:
        match fault:
            case "429" | "503":
                self._answer(int(fault), {"Retry-After": "3"}, b"later")
            case "500":
                self._answer(500, {}, b"Traceback: database password is hunter2")
            case "hang" | "late":
                self.receiver.ended.wait(2.5)  # longer than the sender waits
                if fault == "late":
                    self.receiver.take(call)
                self.close_connection = True
            case "cut":
                self.close_connection = True
            case "cut_after":
                self.receiver.take(call)
                self.close_connection = True
            case "half_answer":
                self.receiver.take(call)
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
                self.close_connection = True
            case "half_batch":
                self.receiver.take_half(call)
                self._answer(500, {}, b"")
            case _:
                self.wfile.write(b"220 mail.example ESMTP\r\n")
                self.close_connection = True

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""
