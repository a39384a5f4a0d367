"""P5: the tracking API over loopback, in batches of 100, until the rows can be evaluated."""

import base64
import http.client
import json
import random
import shutil
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from time import monotonic, perf_counter, sleep
from typing import Any

from django.db import connection

from bench.children import measure
from bench.home import ROOT, Place
from bench.lines import Line

EVENTS = 60_000
BATCH = 100
SENDERS = 4
PEOPLE = 20_000
NAMES = ("Order Completed", "Product Viewed", "Log In")
PATIENCE = 120.0
TABLE = """
    CREATE TABLE bench_tracking (event text, person text, happened timestamptz, message_id text PRIMARY KEY,
        properties jsonb);
    CREATE INDEX ON bench_tracking (person, happened)
"""


def run(place: Place) -> Iterator[Line]:
    """Rows per second of the whole registry, its upkeep included, and of a bare COPY of the same rows."""
    home = place.folder / "tracking"
    shutil.rmtree(home, ignore_errors=True)
    messages = _messages()
    environment = place.environment(home)
    with _served(environment) as port:
        made = measure([str(ROOT / "manage.py"), "create_source", "bench"], environment)
        seconds, put_off = _send(port, made.stdout.strip(), messages)
        found = _evaluated(environment)
    shutil.rmtree(home)
    wanted = len({message["userId"] for message in messages if message["event"] == NAMES[0]})
    rival = _copied(messages)
    for name, bounds, target in (("P5 tracking API", "ratio", 0.15), ("P5 tracking API, events/s", "ours", 3_000)):
        yield Line(
            name=name,
            size=f"{EVENTS:,} events",
            unit="rows/s",
            ours=EVENTS / seconds,
            rival=EVENTS / rival,
            target=target,
            against="COPY of the same rows into an indexed Postgres table",
            at_most=False,
            bounds=bounds,
            void="" if found == wanted else f"{found} people were found, not {wanted}",
            extra={"seconds": round(seconds, 2), "put off": put_off, "senders": SENDERS},
        )


def _messages() -> list[dict[str, Any]]:
    chance = random.Random(5)
    return [
        {
            "type": "track",
            "event": chance.choice(NAMES),
            "userId": f"u{chance.randrange(PEOPLE)}",
            "messageId": f"bench-{number}-{chance.getrandbits(64):x}",
            "properties": {"total": chance.randrange(10_000) / 100, "currency": "EUR", "path": f"/p/{number % 997}"},
            "context": {"library": {"name": "bench", "version": "1"}},
            "timestamp": f"2026-01-{1 + number % 28:02}T10:00:00.000Z",
        }
        for number in range(EVENTS)
    ]


@contextmanager
def _served(environment: Mapping[str, str]) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "config.serve"]
    served = subprocess.Popen(command, cwd=ROOT, env={**environment, "PORT": str(port)}, stdout=subprocess.DEVNULL)
    try:
        _await(port)
        yield port
    finally:
        served.terminate()
        served.wait()


def _await(port: int) -> None:
    deadline = monotonic() + PATIENCE
    while monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            sleep(0.2)
    raise TimeoutError("the registry did not come up")


def _send(port: int, key: str, messages: Sequence[Mapping[str, Any]]) -> tuple[float, int]:
    """Seconds until all are committed, and how often a sender was told to come later."""
    batches = [
        json.dumps({"batch": messages[first : first + BATCH]}).encode() for first in range(0, len(messages), BATCH)
    ]
    credentials = base64.b64encode(f"{key}:".encode()).decode()
    headers = {"Authorization": f"Basic {credentials}", "Content-Type": "application/json"}
    put_off: list[int] = []
    began = perf_counter()
    senders = [
        threading.Thread(target=_send_all, args=(port, headers, batches[number::SENDERS], put_off))
        for number in range(SENDERS)
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    return perf_counter() - began, len(put_off)


def _send_all(port: int, headers: Mapping[str, str], bodies: Sequence[bytes], put_off: list[int]) -> None:
    kept = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for body in bodies:
        while True:
            kept.request("POST", "/v1/batch", body, dict(headers))
            answer = kept.getresponse()
            answer.read()
            if answer.status == HTTPStatus.OK:
                break
            if answer.status != HTTPStatus.SERVICE_UNAVAILABLE:
                raise RuntimeError(f"the registry answered {answer.status}")
            put_off.append(answer.status)
            sleep(float(answer.headers["Retry-After"]))


def _evaluated(environment: Mapping[str, str]) -> int:
    """How many people the registry finds who did the first event."""
    definition = {"unit": "profile", "rule": {"event": NAMES[0]}}
    path = ROOT / "var" / "bench-tracking.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(definition))
    told = json.loads(measure([str(ROOT / "manage.py"), "evaluate", str(path)], environment).stdout)
    path.unlink()
    return int(told["count"])


def _copied(messages: Sequence[Mapping[str, Any]]) -> float:
    """Seconds of the rival."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_tracking")
        cursor.execute(TABLE)
        rows = [
            (each["event"], each["userId"], each["timestamp"], each["messageId"], json.dumps(each["properties"]))
            for each in messages
        ]
        text = "".join("\t".join(row).replace("\\", "\\\\") + "\n" for row in rows).encode()
        began = perf_counter()
        with cursor.copy("COPY bench_tracking FROM STDIN") as copy:
            copy.write(text)
        seconds = perf_counter() - began
        cursor.execute("DROP TABLE bench_tracking")
    return seconds
