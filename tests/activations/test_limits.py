"""Rate and concurrency of a connection hold over all workers, and cost a run nothing but time."""

import time
from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection as database

from accounts.actors import INSTALLATION
from activations import services
from activations.destinations.base import Rate, TransientError
from activations.engine import limits, runner
from activations.models import Connection, Slot, SyncRun
from lib import clock
from tests.activations import building, pretend
from tests.activations.conftest import Drop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def connection() -> Connection:
    return building.a_connection()


def test_calls_of_all_workers_together_keep_the_rate(connection: Connection) -> None:
    moments: list[float] = []

    def work() -> None:
        pace = limits.pacer(connection, Rate(10, 0.5))
        for _ in range(8):
            pace()
            moments.append(time.monotonic())
        database.close()

    workers = [Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    moments.sort()
    assert len(moments) == 24
    # ten at once, and then one every twentieth of a second
    assert moments[-1] - moments[0] >= 13 * 0.05


def test_a_wait_too_long_to_sleep_gives_the_run_back_and_pays_nothing(connection: Connection) -> None:
    rate = Rate(1, 60)
    pace = limits.pacer(connection, rate)
    pace()
    for _ in range(2):
        with pytest.raises(limits.BusyError) as busy:
            pace()
        assert busy.value.retry_after is not None
        assert timedelta(seconds=50) < busy.value.retry_after < timedelta(seconds=61)


def test_a_tool_that_asks_for_a_pause_gets_it_from_everybody(connection: Connection) -> None:
    rate = Rate(100, 1)
    limits.hold_back(connection, rate, timedelta(minutes=7))
    with pytest.raises(limits.BusyError) as busy:
        limits.pacer(connection, rate)()
    assert busy.value.retry_after is not None
    assert timedelta(minutes=6) < busy.value.retry_after < timedelta(minutes=8)


def test_only_so_many_runs_at_a_time_and_a_dead_one_makes_room(connection: Connection) -> None:
    with limits.slot(connection, 2), limits.slot(connection, 2):
        with pytest.raises(limits.BusyError, match="2 syncs at a time"), limits.slot(connection, 2):
            pass
        Slot.objects.filter(number=1).update(leased_until=clock.now() - timedelta(seconds=1))
        with limits.slot(connection, 2):
            pass
    assert not Slot.objects.exclude(leased_until=None).exists()


def test_a_run_that_finds_its_connection_busy_waits_without_counting_an_attempt(drop: Drop) -> None:
    drop(
        "pretend",
        pretend.KEYED.replace('identifiers=frozenset({"email"})', 'identifiers=frozenset({"email"}), concurrency=1'),
    )
    pretend.SHELF.clear()
    building.traits(plan="text")
    segment = building.a_segment()
    building.has_members(segment, [building.a_person("ann@a.io")])
    activation = building.an_activation(segment, building.a_connection("pretend", "Pretend"))
    run = services.request_sync(actor=INSTALLATION, activation=activation)
    with limits.slot(activation.connection, 1):
        assert runner.perform(run.pk)
    run.refresh_from_db()
    assert (run.state, run.attempts, run.failure, pretend.SHELF) == (SyncRun.State.QUEUED, 0, "", {})
    services.request_sync(actor=INSTALLATION, activation=activation)
    assert runner.perform(run.pk)
    assert set(pretend.SHELF) == {"ann@a.io"}


def test_after_an_outage_of_a_day_the_run_is_still_trying(drop: Drop) -> None:
    drop("pretend", pretend.KEYED)
    building.traits(plan="text")
    segment = building.a_segment()
    building.has_members(segment, [building.a_person("ann@a.io")])
    activation = building.an_activation(segment, building.a_connection("pretend", "Pretend"))
    run = services.request_sync(actor=INSTALLATION, activation=activation)
    SyncRun.objects.filter(pk=run.pk).update(attempts=33, queued_at=clock.now() - timedelta(hours=25))
    pretend.FAULTS.append(TransientError("Down."))
    assert runner.perform(run.pk)
    run.refresh_from_db()
    assert (run.state, run.failure) == (SyncRun.State.QUEUED, "Down. It is tried again in 60 min.")
