"""When the lake is looked after, and that only one process at a time does."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from config.celery import app
from lib import clock
from profiles import tasks
from profiles.lake import flush, upkeep
from profiles.lake.writer import LakeBusyError, exclusive
from profiles.models import Batch, ChangedProfile, LakeTable, LakeWriter, Stage, TailEvent
from tests.profiles.lake.facts import Facts, make_company, told_now
from tests.profiles.lake.processes import start, was_killed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def facts() -> Facts:
    return make_company()


def test_young_events_wait_and_old_ones_are_flushed(facts: Facts) -> None:
    facts.arrive(2)
    tasks.flush_lake()
    assert TailEvent.objects.count() == 4
    TailEvent.objects.filter(message_id="tail visit 0").update(received_at=clock.now() - upkeep.FLUSH_AGE)
    tasks.flush_lake()
    assert not TailEvent.objects.exists()
    assert told_now() == facts.truth()


def test_many_events_are_flushed_at_once(facts: Facts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "DUE_ROWS", 4)
    facts.arrive(1)
    tasks.flush_lake()
    assert TailEvent.objects.count() == 2
    facts.arrive(1)
    tasks.flush_lake()
    assert not TailEvent.objects.exists()


def test_changes_are_copied_when_they_are_many_or_old(facts: Facts, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks.copy_changes()
    assert ChangedProfile.objects.count() == len(facts.people)
    ChangedProfile.objects.update(since=clock.now() - upkeep.COPY_AGE)
    tasks.copy_changes()
    assert not ChangedProfile.objects.exists()
    monkeypatch.setattr(upkeep, "DUE_ROWS", 4)
    facts.change(facts.people[:4])
    tasks.copy_changes()
    assert not ChangedProfile.objects.exists()


def test_a_stage_that_nobody_flushes_is_taken_up(facts: Facts) -> None:
    facts.stage(2)
    tasks.flush_lake()
    assert Stage.objects.count() == 1
    Stage.objects.update(staged_at=clock.now() - upkeep.FLUSH_AGE)
    tasks.flush_lake()
    assert not Stage.objects.exists()


def test_a_batch_that_a_dead_writer_left_open_is_finished_at_once(facts: Facts) -> None:
    facts.arrive(2)
    assert was_killed(start(flush.flush_tail, "flush.opened"))
    assert Batch.objects.filter(closed_at=None).count() == 1
    tasks.flush_lake()
    assert not Batch.objects.filter(closed_at=None).exists()
    assert told_now() == facts.truth()


@pytest.mark.parametrize("task", [tasks.flush_lake, tasks.copy_changes, tasks.compact_lake, tasks.vacuum_lake])
def test_upkeep_passes_while_somebody_else_writes(task: Callable[[], None], facts: Facts) -> None:
    facts.arrive(1)
    TailEvent.objects.update(received_at=clock.now() - timedelta(minutes=1))
    ChangedProfile.objects.update(since=clock.now() - timedelta(minutes=1))
    waiting = (TailEvent.objects.count(), ChangedProfile.objects.count())
    in_another_thread(task, facts)
    assert (TailEvent.objects.count(), ChangedProfile.objects.count()) == waiting
    assert not LakeTable.objects.exists()


def test_a_second_writer_is_told_to_wait(facts: Facts) -> None:
    def try_it() -> None:
        with pytest.raises(LakeBusyError, match="Another process"), exclusive():
            pass

    in_another_thread(try_it, facts)


def test_the_fence_grows_with_every_writer(facts: Facts) -> None:
    fences = []
    for _ in range(2):
        with exclusive():
            fences.append(LakeWriter.objects.get().fence)
    assert fences[1] == fences[0] + 1
    assert LakeWriter.objects.get().leased_until is None


def test_beat_rings_for_tasks_that_exist() -> None:
    assert tasks.TICKS.keys() <= app.tasks.keys()


def in_another_thread(work: Callable[[], None], facts: Facts) -> None:
    """Do it with a connection of its own, while this thread writes the lake."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001  raised again in the test's own thread
            errors.append(error)
        finally:
            connection.close()

    with exclusive():
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    assert errors == []
