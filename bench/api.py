"""P7: a segment that a client has already, and 500 memberships of one profile, over HTTP."""

import http.client
import json
import random
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from time import perf_counter, sleep

from django.db import transaction
from pyroaring import BitMap64

from accounts.actors import INSTALLATION
from accounts.models import Scope, Team, Token, User
from accounts.services import create_token
from bench.home import Place
from bench.lines import Line, percentile
from bench.world import Size
from lib import clock
from profiles.models import Identity, Profile
from segments import membership
from segments.models import MembershipBlock, Run, Segment, SegmentVersion

SEGMENTS = 500
REQUESTS = 300
ROUNDS = 3
WARM_UP = 50
PREFIX = "bench-api-"
PERSON = f"{PREFIX}person"
PATIENCE = 60.0
AGAINST = "a bare Django view that returns a constant, on the same server with the same middleware"


def run(place: Place) -> Iterator[Line]:
    """Medians of requests over one connection, both sides in turn."""
    _take_away()
    keys = _segments(place.size, _person())
    _, secret = create_token(
        actor=INSTALLATION,
        user=User.objects.filter(is_superuser=True).first() or User.objects.create_superuser("bench@example.com"),
        name=PREFIX,
        scopes=[Scope.READ, Scope.MEMBERS],
        expires_at=clock.now() + timedelta(days=1),
    )
    try:
        with _served(place) as port:
            headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
            yield from _lines(place, Client(port, headers), keys)
    finally:
        _take_away()


class Client:
    """One kept connection; every answer must have the status that is expected."""

    def __init__(self, port: int, headers: Mapping[str, str]) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.headers = dict(headers)

    def send(
        self, method: str, path: str, status: int, body: str | None = None, **headers: str
    ) -> http.client.HTTPResponse:
        self.connection.request(method, path, body, {**self.headers, **headers})
        answer = self.connection.getresponse()
        self.content = answer.read()
        if answer.status != status:
            raise RuntimeError(f"{method} {path} answered {answer.status}: {self.content[:300]!r}")
        return answer


def _lines(place: Place, client: Client, keys: list[str]) -> Iterator[Line]:
    path = f"/api/v1/segments/{keys[0]}"
    tag = client.send("GET", path, 200).headers["ETag"]
    asked = json.dumps({"ids": [PERSON], "segments": keys})
    client.send("POST", "/api/v1/memberships/check", 200, asked)
    found = sum(json.loads(client.content)["results"][PERSON].values())

    def bare() -> None:
        client.send("GET", "/bare", 200)

    def known() -> None:
        client.send("GET", path, 304, **{"If-None-Match": tag})

    def check() -> None:
        client.send("POST", "/api/v1/memberships/check", 200, asked)

    for name, side, target in (
        ("P7 a segment with a matching ETag", known, 2.0),
        (f"P7 memberships/check, 1 profile × {len(keys)} segments", check, 4.0),
    ):
        ours, rival = _timed(side, bare)
        yield Line(
            name=name,
            size=place.size.name,
            unit="ms",
            ours=percentile(ours, 0.5),
            rival=percentile(rival, 0.5),
            target=target,
            against=AGAINST,
            extra={"requests": len(ours), "p95": [round(percentile(side, 0.95), 2) for side in (ours, rival)]}
            | ({"member of": found} if side is check else {}),
        )


def _timed(*sides: Callable[[], None]) -> list[list[float]]:
    """Milliseconds of each request of each side: rounds in turn, after a warm-up."""
    spent: list[list[float]] = [[] for _ in sides]
    for side in sides:
        for _ in range(WARM_UP):
            side()
    for _ in range(ROUNDS):
        for side, times in zip(sides, spent, strict=True):
            for _ in range(REQUESTS):
                began = perf_counter()
                side()
                times.append((perf_counter() - began) * 1000)
    return spent


@transaction.atomic
def _person() -> int:
    """Somebody to ask for; nothing else of the world is needed."""
    profile = Profile.objects.create(lasting=True)
    Identity.objects.create(profile=profile, kind=Identity.Kind.EXTERNAL_ID, value=PERSON)
    return profile.pk


@transaction.atomic
def _segments(size: Size, person: int) -> list[str]:
    """Live segments of every density, counted once, as a worker leaves them."""
    chance = random.Random(7)
    team = Team.objects.create(key=PREFIX + "team", name="Bench")
    for number in range(SEGMENTS):
        segment = Segment.objects.create(key=f"{PREFIX}{number:03d}", name=f"Bench {number}", team=team)
        segment.published = SegmentVersion.objects.create(
            segment=segment, number=1, definition={"unit": "profile", "rule": {"everyone": True}}, sha256="",
            words="", state=SegmentVersion.State.PUBLISHED,
        )  # fmt: skip
        segment.state = Segment.State.PAUSED  # nothing recomputes it
        segment.save()
        run = Run.objects.create(
            segment=segment, version=segment.published, trigger=Run.Trigger.MANUAL, state=Run.State.SUCCEEDED,
            as_of=clock.now(), finished_at=clock.now(), members=0,
        )  # fmt: skip
        share = chance.choice((0.001, 0.01, 0.05, 0.2, 0.6))
        members = BitMap64(chance.sample(range(1, size.profiles + 1), int(size.profiles * share)))
        if chance.random() < share:
            members.add(person)
        membership.store(run, members)
    return [f"{PREFIX}{number:03d}" for number in range(SEGMENTS)]


@transaction.atomic
def _take_away() -> None:
    """What this bench has made, now or before it was interrupted."""
    own = Segment.objects.filter(key__startswith=PREFIX)
    Run.objects.filter(segment__in=own).delete()
    MembershipBlock.objects.filter(segment__in=own).delete()
    own.update(published=None, state=Segment.State.DRAFT)
    SegmentVersion.objects.filter(segment__in=own).delete()
    own.delete()
    Profile.objects.filter(identities__value=PERSON).delete()
    Team.objects.filter(key__startswith=PREFIX).delete()
    Token.objects.filter(name=PREFIX).delete()


@contextmanager
def _served(place: Place) -> Iterator[int]:
    """The web server as it is run, with one worker, so that both sides meet the same process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    rates = dict.fromkeys(("API_RATE", "API_HEAVY_RATE"), "1000000000")
    command = [sys.executable, "-m", "gunicorn", "bench.bare", "-b", f"127.0.0.1:{port}", "-w", "1", "--threads", "4"]
    server = subprocess.Popen(
        [*command, "--no-control-socket", "--keep-alive", "30"], env=place.environment(place.registry) | rates
    )
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def _wait_for(port: int) -> None:
    deadline = perf_counter() + PATIENCE
    while True:
        try:
            Client(port, {}).send("GET", "/bare", 200)
        except OSError:
            if perf_counter() > deadline:
                raise
            sleep(0.1)
        else:
            return
