"""P3: from an event sent over HTTP, among 200 a second, to the webhook that its person's new membership fires."""

import base64
import http.client
import json
import random
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import perf_counter, sleep
from typing import Any

from django.conf import settings

from accounts.actors import INSTALLATION
from accounts.models import Team, User
from activations import services as sending
from activations.models import Activation, SyncRun
from bench.children import Conversation
from bench.home import Place
from bench.lines import Line, middle, percentile
from bench.world import shape
from lib import clock
from lib.http.addresses import AllowList
from profiles import services as catalogue
from profiles.models import Identity, Source
from segments import services
from segments.models import MicroBatch, Run, Segment

SECONDS = 45.0
RATE = 200
BATCH = 10
"""Events of one request, as the SDKs of Twilio Segment send them; one of them is a signal that is timed."""
PROMISE = timedelta(seconds=20)
"""How often what time moves is recomputed meanwhile."""
PATIENCE = 240.0
GRACE = 15.0
KEY = "bench-signal"
LOOPBACK = "127.0.0.1"
SIGNAL = {"event": "plan_changed", "where": [{"property": "to", "op": "eq", "value": KEY}]}


def run(place: Place) -> Iterator[Line]:
    """Both bounds of P3: a second, and half the time that counting everybody takes."""
    settings.OUTBOUND_ALLOW = AllowList.parse([LOOPBACK])
    with _receiver() as (hook, received):
        key = _prepare(hook)
        people = _people()
        with _served(place) as port:
            _wait_until_counted()
            before = MicroBatch.objects.count(), _recomputed()
            sent = _send(port, key, people)
            _wait_for(received, len(sent))
            waits = [batch.waited_ms for batch in MicroBatch.objects.order_by("pk")[before[0] :]]
            recomputed = _recomputed() - before[1]
    with Conversation("bench.recompute_worker", place.environment(place.registry)) as worker:
        worker.ask("all")
        whole = worker.ask("all")["seconds"]
    taken = [received[name] - at for name, at in sent.items() if name in received]
    yield from _lines(place, taken, len(sent), whole, {"batches": len(waits), "recomputed": recomputed})


def _lines(place: Place, taken: list[float], sent: int, whole: float, extra: dict[str, Any]) -> Iterator[Line]:
    lost = sent - len(taken)
    void = f"{lost} of {sent} signals fired no webhook" if lost else ""
    slow = percentile(taken, 0.95) if taken else None
    told = {"median_s": round(middle(taken), 3), "max_s": round(max(taken), 3)} if taken else {}
    for target, bounds, against in (
        (1.0, "ours", "one second"),
        (0.5, "ratio", "one full recompute of D50, on the same registry with nothing else going on"),
    ):
        yield Line(
            name="P3 signal: event sent to webhook received, 95th percentile",
            size=place.size.name,
            unit="s",
            ours=slow,
            rival=whole,
            target=target,
            bounds=bounds,
            against=against,
            void=void,
            extra={"signals": sent, "events a second": RATE, **told, **extra},
        )


def _prepare(hook: str) -> str:
    """A segment of those who get one event, sent to the receiver at once; answers the write key."""
    Segment.objects.filter(team__key="bench", upkeep=Segment.Upkeep.TIME).update(freshness=PROMISE)
    source = Source.objects.filter(key=KEY).first() or catalogue.create_source(
        actor=INSTALLATION, key=KEY, name="Bench"
    )
    name = f"{KEY}-{uuid.uuid4().hex[:8]}"
    segment = services.create_segment(
        actor=INSTALLATION, key=name, name=name, team=Team.objects.get(key="bench"), unit="profile",
        owner=User.objects.get(email="bench@registry.example"), decision="How fast this is.",
        review_on=(clock.now() + timedelta(days=365)).date(),
    )  # fmt: skip
    event = {**SIGNAL, "where": [{"property": "to", "op": "eq", "value": name}]}
    version = services.save_version(actor=INSTALLATION, segment=segment, definition={"unit": "profile", "rule": event})
    services.publish(actor=INSTALLATION, version=version)
    connection = sending.create_connection(
        actor=INSTALLATION, team=segment.team, kind="webhook", name=name,
        config={"url": hook, "secret": "whsec_" + base64.b64encode(b"0" * 24).decode()},
    )  # fmt: skip
    sending.create_activation(
        actor=INSTALLATION, key=name, name=name, segment=segment, connection=connection,
        columns=[{"to": "id", "identifier": "external_id"}], schedule=Activation.ScheduleKind.CHANGE,
    )  # fmt: skip
    return catalogue.issue_write_key(actor=INSTALLATION, source=source)


def _people() -> list[str]:
    """External ids of people, in an order that has nothing to do with that of the files."""
    names = list(Identity.objects.filter(kind=Identity.Kind.EXTERNAL_ID).values_list("value", flat=True))
    random.Random(3).shuffle(names)
    return names


def _wait_until_counted() -> None:
    """Until every segment has been counted and the activation has synced."""
    live = Segment.objects.filter(state=Segment.State.LIVE)
    newest = Activation.objects.order_by("-pk")[0]
    deadline = perf_counter() + PATIENCE
    while live.exclude(runs__state=Run.State.SUCCEEDED).exists() or not _synced(newest):
        if perf_counter() > deadline:
            raise RuntimeError("The segments were not counted in time; the log of the servers is above.")
        sleep(0.5)
    sleep(PROMISE.total_seconds() / 4)


def _synced(activation: Activation) -> bool:
    return SyncRun.objects.filter(activation=activation, state=SyncRun.State.SUCCEEDED).exists()


def _recomputed() -> int:
    return Run.objects.filter(state=Run.State.SUCCEEDED).exclude(trigger=Run.Trigger.SIGNALS).count()


def _send(port: int, key: str, people: list[str]) -> dict[str, float]:
    """Send at the rate from as many connections as it takes; answers when each signal was sent."""
    name = Segment.objects.filter(key__startswith=KEY).latest("pk").key
    sent: dict[str, float] = {}
    requests = int(SECONDS * RATE / BATCH)
    begun = perf_counter()

    def some(places: range) -> None:
        connection = http.client.HTTPConnection(LOOPBACK, port, timeout=30)
        for place in places:
            sleep(max(0.0, begun + place * BATCH / RATE - perf_counter()))
            body = _batch(name, people[place], people, place)
            sent[people[place]] = perf_counter()
            _post(connection, key, body)

    workers = [threading.Thread(target=some, args=(range(first, requests, 4),)) for first in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sent


def _post(connection: http.client.HTTPConnection, key: str, body: bytes) -> None:
    basic = base64.b64encode(f"{key}:".encode()).decode()
    connection.request(
        "POST", "/v1/batch", body, {"Authorization": f"Basic {basic}", "Content-Type": "application/json"}
    )
    answer = connection.getresponse()
    content = answer.read()
    if answer.status != http.client.OK:
        raise RuntimeError(f"/v1/batch answered {answer.status}: {content[:300]!r}")


def _batch(name: str, person: str, people: list[str], seed: int) -> bytes:
    """One signal and the usual: what people do all day, of the world's events."""
    chance = random.Random(seed)
    now = datetime.now(UTC).isoformat()
    told = [_track("plan_changed", person, {"from": "free", "to": name, "monthly": 9.0}, now)]
    for _ in range(BATCH - 1):
        event = chance.choice(list(shape.EVENTS))
        values = {key: 1.0 if kind == "number" else "some" for key, kind in shape.EVENTS[event].items()}
        told.append(_track(event, chance.choice(people), values, now))
    return json.dumps({"batch": told, "sentAt": now}).encode()


def _track(event: str, person: str, properties: dict[str, Any], now: str) -> dict[str, Any]:
    message = {"type": "track", "messageId": str(uuid.uuid4()), "timestamp": now}
    return message | {"event": event, "userId": person, "properties": properties}


def _wait_for(received: dict[str, float], expected: int) -> None:
    deadline = perf_counter() + GRACE
    while len(received) < expected and perf_counter() < deadline:
        sleep(0.05)


@contextmanager
def _receiver() -> Iterator[tuple[str, dict[str, float]]]:
    """The address of a receiver of webhooks, and when it heard of whom."""
    received: dict[str, float] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            now = perf_counter()
            for entry in body["data"].get("added", ()):
                received.setdefault(entry["id"], now)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}/hook", received
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def _served(place: Place) -> Iterator[int]:
    """The registry as people run it: web, workers and beat under its supervisor."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port = int(probe.getsockname()[1])
    environment = place.environment(place.registry) | {"PORT": str(port), "OUTBOUND_ALLOW": LOOPBACK}
    server = subprocess.Popen([sys.executable, "-m", "config.serve"], env=environment, stdout=sys.stderr)
    try:
        _wait_until_well(port)
        yield port
    finally:
        server.terminate()
        server.wait(60)


def _wait_until_well(port: int) -> None:
    deadline = perf_counter() + PATIENCE
    while perf_counter() < deadline:
        try:
            with urllib.request.urlopen(f"http://{LOOPBACK}:{port}/healthz", timeout=2):
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            sleep(0.5)
    raise RuntimeError("The registry did not come up; its log is above.")
