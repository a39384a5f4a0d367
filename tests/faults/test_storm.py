"""TARGETS R2: whatever is killed, whenever: nothing is lost, nothing is doubled, and it recovers by itself."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from pyroaring import BitMap64
from pytest_django.plugin import DjangoDbBlocker

from activations.models import Delivery
from config.embedded.waiting import wait_until
from profiles.lake.snapshot import open_snapshot
from profiles.models import EventId, Identity, Profile
from segments import membership
from segments.models import Run, RunChange, Segment, SegmentVersion
from tests.activations import reading
from tests.faults import jobs, world
from tests.faults.clients import DRAFT, make_clients
from tests.faults.installation import Installation, installed
from tests.faults.storm import Storm, every_point
from tests.faults.world import World
from tests.segments.processes import beat

RECOVERY_SECONDS = 90
USUAL = (
    "import.written", "import.events_stored", "stage.recorded", "flush.opened", "flush.appended", "copy.committed",
    "compact.committed", "vacuum.deleted", "snapshot.leased", "runs.claimed", "runs.stored", "sync.sending",
    "sync.sent", "files.renamed", "signals.held", "signals.committed",
)  # fmt: skip
"""Some of each kind: the tests of each part go through all of theirs."""


@pytest.fixture
def installation(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Installation]:
    with django_db_blocker.unblock(), installed(tmp_path / "home") as one:
        yield one


def test_thirty_kills(installation: Installation, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    storm = a_storm(installation, tmp_path)
    blows: list[Callable[[], None]] = [*(partial(storm.at_failpoint, point) for point in USUAL), *[storm.an_import] * 3]
    blows += [*[storm.engine] * 5, *[storm.worker] * 4, *[storm.signals] * 2, *[storm.web] * 2, *[storm.beat] * 2]
    outlast(storm, blows, tmp_path, capsys)
    assert storm.tally.kills.total() >= 30


@pytest.mark.deep
def test_three_hundred_kills(installation: Installation, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    storm = a_storm(installation, tmp_path)
    blows: list[Callable[[], None]] = [
        *(partial(storm.at_failpoint, point) for point in every_point() * 2),
        *[storm.an_import] * 45,
    ]
    blows += [*[storm.engine] * 60, *[storm.worker] * 50, *[storm.signals] * 30, *[storm.web] * 30, *[storm.beat] * 25]
    outlast(storm, blows, tmp_path, capsys)
    assert storm.tally.kills.total() >= 300
    assert set(storm.tally.points) == set(every_point())


def a_storm(installation: Installation, folder: Path) -> Storm:
    """The installation with something to do, before the first blow."""
    truth = World()
    world.build(truth, folder, jobs.run_import)
    clients = make_clients(f"http://127.0.0.1:{installation.served.port}", installation.served.environment)
    return Storm(installation, truth, folder, random.Random(2026), clients)


def outlast(storm: Storm, blows: list[Callable[[], None]], folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Strike, wait for the recovery, and look whether everything is there once."""
    blows += [storm.wiped_broker, storm.restarted_database, storm.sleeping_worker]
    storm.random.shuffle(blows)
    with beat("second beat", folder, storm.installation.served.environment):
        storm.tally.other["second beat"] += 1
        for blow in blows:
            blow()
        ended = time.monotonic()
        wait_until(lambda: not differences(storm.world, storm.installation), "recovery", folder, RECOVERY_SECONDS)
    recovered = time.monotonic() - ended
    wrong = doubled(storm)
    with capsys.disabled():
        print(f"\n{storm.tally}; well again {recovered:.1f} s after the last; {len(wrong)} lost or doubled")
    assert wrong == []
    assert storm.tally.in_flight >= 0.8 * storm.tally.kills.total()


def differences(truth: World, installation: Installation) -> list[str]:
    """What members and files do not have as they should, in words."""
    names = dict(Identity.objects.filter(kind=Identity.Kind.EXTERNAL_ID).values_list("profile_id", "value"))
    wrong = []
    for key, expected in truth.members().items():
        stored = {names[member] for member in membership.load(Segment.objects.get(key=key).pk)}
        if stored != expected:
            wrong.append(f"{key}: {len(stored ^ expected)} people are wrong")
    for key in world.EXPORTED:
        folder = installation.layout.home / "exports" / key
        if reading.applied(folder) != truth.audience(key):
            wrong.append(f"the files of {key}")
        if reading.left_over(folder):
            wrong.append(f"files of {key} were left half-way")
    return wrong


def doubled(storm: Storm) -> list[str]:
    """What is there twice, or not at all."""
    truth, wrong = storm.world, []
    with open_snapshot() as snapshot:
        rows = snapshot.connection.sql("SELECT user_id, count(*), count(DISTINCT message_id) FROM ordered GROUP BY 1")
        found = {user: (number, different) for user, number, different in rows.fetchall()}
    names = dict(Identity.objects.filter(kind=Identity.Kind.EXTERNAL_ID).values_list("profile_id", "value"))
    counts = Counter({names[user]: number for user, (number, _) in found.items()})
    if counts != truth.order_counts():
        wrong.append("orders")
    if any(number != different for number, different in found.values()):
        wrong.append("message ids")
    if EventId.objects.count() != truth.order_counts().total():
        wrong.append("event ids")
    if not Profile.objects.count() == len(names) == len(truth.n):
        wrong.append("people")
    wrong += [f"the story of {segment.key}" for segment in Segment.objects.all() if not is_consistent(segment)]
    notes = Counter(SegmentVersion.objects.filter(segment__key=DRAFT).values_list("note", flat=True))
    if notes != Counter(storm.clients.written):
        wrong.append("versions written through the API")
    sent = Counter(Delivery.objects.values_list("activation", "key"))
    wrong += [f"delivery {key}" for key, number in sent.items() if number > 1]
    return wrong


def is_consistent(segment: Segment) -> bool:
    """Whether nobody ever entered twice or left without having been there, and the runs add up to what is stored."""
    members = BitMap64()
    for change in RunChange.objects.filter(run__segment=segment).order_by("run__finished_at"):
        entered, left = BitMap64.deserialize(bytes(change.entered)), BitMap64.deserialize(bytes(change.left))
        if entered & members or left - members:
            return False
        members = (members | entered) - left
    return members == membership.load(segment.pk) and not Run.objects.filter(state=Run.State.FAILED).exists()
