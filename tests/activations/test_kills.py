"""Workers die and fall asleep at every named point; the run is finished by the next, and nothing is doubled."""

import os
import signal
from threading import Barrier, Thread

import pytest
from django.db import connection
from pytest_django import Settings

from accounts.actors import INSTALLATION
from activations import scheduling, services
from activations.destinations.files.destination import FAILPOINTS as FILE_POINTS
from activations.engine import FAILPOINTS, runner, send
from activations.models import Activation, Delivery, SyncRun
from lib import clock
from profiles.models import Profile
from tests.activations import building, reading
from tests.activations.processes import killed, let_lease_run_out, paused_at, perform_and_die, worker

pytestmark = pytest.mark.django_db(transaction=True)
State = SyncRun.State


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(send, "RECORDS_AT_ONCE", 2)


def with_changes(mode: str) -> Activation:
    """An activation that has run once, before people came, changed, moved and left."""
    building.traits(plan="text")
    segment = building.a_segment()
    people = [building.a_person(f"p{number}@a.io", plan="pro") for number in range(8)]
    building.has_members(segment, people[:6])
    activation = building.an_activation(segment, mode=mode)
    assert runner.perform(services.request_sync(actor=INSTALLATION, activation=activation).pk)
    Profile.objects.filter(pk=people[1].pk).update(traits={"plan": "free"})
    people[2].identities.update(value="moved@a.io")
    people[7].identities.update(value="bad\n@a.io")
    building.has_members(segment, [*people[:3], *people[5:]])
    return activation


EXPECTED = {
    "p0@a.io": ["p0@a.io", "pro"], "p1@a.io": ["p1@a.io", "free"], "moved@a.io": ["moved@a.io", "pro"],
    "p5@a.io": ["p5@a.io", "pro"], "p6@a.io": ["p6@a.io", "pro"],
}  # fmt: skip


def on_record() -> dict[str, str]:
    return dict(Delivery.objects.values_list("key", "state"))


def counts(run: SyncRun) -> tuple[int, ...]:
    run.refresh_from_db()
    return (run.added, run.updated, run.removed, run.unchanged, run.rejected, run.skipped)


# In mode replace nobody is removed one by one: not to be among those sent is to be removed.
POINTS = [(mode, point) for mode in ("mirror", "replace") for point in (*FAILPOINTS, *FILE_POINTS)]
NEVER_REACHED = {("replace", "sync.removed"), ("replace", "sync.removal_recorded")}


@pytest.mark.parametrize(("mode", "point"), [pair for pair in POINTS if pair not in NEVER_REACHED])
def test_a_killed_sync_is_finished_by_the_next_worker(mode: str, point: str, settings: Settings) -> None:
    activation = with_changes(mode)
    run = services.request_sync(actor=INSTALLATION, activation=activation)
    assert perform_and_die(run, point)
    assert not runner.perform(run.pk) or point == "sync.confirmed"
    let_lease_run_out(run)
    runner.perform(run.pk)
    assert counts(run) == (2, 1, 3, 2, 1, 0)
    assert run.state == State.PARTIAL
    assert reading.applied(settings.EXPORTS / "out") == EXPECTED
    assert reading.left_over(settings.EXPORTS / "out") == []
    assert on_record() == dict.fromkeys(EXPECTED, "delivered") | {"bad\n@a.io": "rejected"}


def test_a_worker_that_dies_every_time_is_given_up_in_words(settings: Settings) -> None:
    run = services.request_sync(actor=INSTALLATION, activation=with_changes("mirror"))
    SyncRun.objects.filter(pk=run.pk).update(lost=11)
    assert perform_and_die(run, "sync.sending")
    let_lease_run_out(run)
    assert runner.perform(run.pk)
    run.refresh_from_db()
    assert (run.state, run.failure_code) == (State.FAILED, "worker_lost")
    assert "its log says more" in run.failure


@pytest.mark.parametrize("point", ["sync.planned", "sync.sent", "sync.finishing"])
def test_a_paused_worker_that_wakes_up_late_writes_nothing(point: str, settings: Settings) -> None:
    activation = with_changes("mirror")
    run = services.request_sync(actor=INSTALLATION, activation=activation)
    child = paused_at(run, point)
    out = settings.EXPORTS / "out"
    if point == "sync.finishing":  # it holds the row itself: nobody can take the run over, asleep or not
        nobody_can_take(run)
        os.kill(child, signal.SIGCONT)
        assert not killed(child)
        assert counts(run) == (2, 1, 3, 2, 1, 0)
        return
    let_lease_run_out(run)
    assert runner.perform(run.pk)
    before = (counts(run), on_record(), {path.name: path.read_bytes() for path in out.iterdir()})
    os.kill(child, signal.SIGCONT)
    assert not killed(child)
    assert (counts(run), on_record(), {path.name: path.read_bytes() for path in out.iterdir()}) == before
    assert reading.applied(out) == EXPECTED


def nobody_can_take(run: SyncRun) -> None:
    """Nobody can take a run whose row is locked, whatever its lease says."""
    assert not runner.perform(run.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM (SELECT 1 FROM activations_syncrun FOR UPDATE SKIP LOCKED) AS free")
        [free] = cursor.fetchone() or [None]
    assert free == SyncRun.objects.count() - 1


def test_two_workers_at_once_do_the_work_once(settings: Settings) -> None:
    activation = with_changes("mirror")
    run = services.request_sync(actor=INSTALLATION, activation=activation)
    children = [worker(lambda: runner.perform(run.pk)) for _ in range(2)]
    assert [killed(child) for child in children] == [False, False]
    assert counts(run) == (2, 1, 3, 2, 1, 0)
    assert run.attempts == 1
    assert len(reading.manifests(settings.EXPORTS / "out")) == 2


def test_two_ticks_at_once_queue_each_run_once() -> None:
    segment = building.a_segment()
    building.traits(plan="text")
    building.has_members(segment, [building.a_person("ann@a.io")])
    there = building.a_connection()
    for number in range(10):
        building.an_activation(segment, there, key=f"a{number}", schedule="interval", interval="01:00:00")
    barrier = Barrier(2)

    def tick() -> None:
        barrier.wait()
        scheduling.queue_due()
        connection.close()

    ticks = [Thread(target=tick) for _ in range(2)]
    for thread in ticks:
        thread.start()
    for thread in ticks:
        thread.join()
    assert sorted(SyncRun.objects.values_list("activation__key", flat=True)) == [f"a{number}" for number in range(10)]
    assert not Activation.objects.filter(next_due__lte=clock.now()).exists()
    assert scheduling.queue_due() == []
