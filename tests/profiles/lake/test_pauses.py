"""A writer that was paused past its lease, and wakes up when another has done the work, changes nothing."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from deltalake.exceptions import CommitFailedError
from django.db import connection, transaction

from lib import clock, failpoints
from lib.leases import LeaseLostError
from profiles.lake import compaction, copies, delta, flush, vacuum
from profiles.lake.writer import LakeBusyError
from profiles.models import LakeWriter, RetiredFile
from tests.profiles.lake.facts import Facts, make_company, told_now

FLUSH = ("flush.opened", "flush.written", "flush.appended")
COPY = ("copy.claimed", "copy.written", "copy.committed")
COMPACT = ("compact.written", "compact.committed")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("point", FLUSH)
def test_a_flush_that_was_paused_is_finished_by_another_and_writes_nothing(point: str, paused: "Paused") -> None:
    facts = make_company()
    facts.arrive(3)
    with paused.at(failpoints, "reach", point, flush.flush_tail) as sleeper:
        flush.flush_tail()
        facts.arrive(2)
        flush.flush_tail()
    assert isinstance(sleeper.error, LeaseLostError)
    assert_lake_tells(facts)


@pytest.mark.parametrize("point", COPY)
def test_a_copy_that_was_paused_brings_nothing_old_back(point: str, paused: "Paused") -> None:
    facts = make_company()
    with paused.at(failpoints, "reach", point, copies.copy_changes) as sleeper:
        facts.change(facts.people[:4])
        copies.copy_changes()
    assert isinstance(sleeper.error, LeaseLostError)
    copies.copy_changes()
    assert_lake_tells(facts)


def test_a_copy_that_was_paused_right_before_its_commit_is_refused_by_delta(paused: "Paused") -> None:
    facts = make_company()
    with paused.at(delta, "commit", None, copies.copy_changes) as sleeper:
        facts.change(facts.people[:4])
        copies.copy_changes()
    assert isinstance(sleeper.error, LeaseLostError)
    facts.change(facts.people[4:8])
    copies.copy_changes()
    assert_lake_tells(facts)


def test_a_flush_whose_files_were_vacuumed_meanwhile_can_not_name_them(paused: "Paused") -> None:
    facts = make_company()
    facts.arrive(3)
    with paused.at(delta, "commit", None, flush.flush_tail) as sleeper:
        flush.flush_tail()
        assert vacuum.vacuum(age=timedelta(0)) > 0
    assert isinstance(sleeper.error, LeaseLostError)
    assert_lake_tells(facts)


@pytest.mark.parametrize("point", COMPACT)
def test_a_compaction_that_was_paused_loses_nothing_that_came_since(point: str, paused: "Paused") -> None:
    facts = make_company()
    for _ in range(2):
        facts.arrive(2)
        flush.flush_tail()
    with paused.at(failpoints, "reach", point, lambda: compaction.compact(most_files=2)) as sleeper:
        facts.arrive(2)
        flush.flush_tail()
        compaction.compact(most_files=2)
    assert isinstance(sleeper.error, LeaseLostError)
    assert_lake_tells(facts)


def test_nobody_waits_for_a_writer_that_is_paused_while_it_closes_and_it_may_go_on(paused: "Paused") -> None:
    facts = make_company()
    facts.arrive(3)
    with paused.at(failpoints, "reach", "flush.closing", flush.flush_tail) as sleeper:
        with pytest.raises(LakeBusyError):
            flush.flush_tail(wait=0)
        assert told_now() == facts.truth()
    assert sleeper.error is None
    assert_lake_tells(facts)


class Paused:
    """Runs work in a thread that stops where it is told to, and loses the lake's lease while it sleeps."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.error: BaseException | None = None
        self._patches = monkeypatch
        self._asleep, self._wake = threading.Event(), threading.Event()

    @contextmanager
    def at(self, module: Any, name: str, argument: str | None, work: Callable[[], object]) -> Iterator["Paused"]:
        """Within the block, `work` sleeps where it calls `module.name(argument)` first; then it goes on to its end."""
        original = getattr(module, name)
        sleeper = threading.Thread(target=self._run, args=(work,))

        def stop_there(*args: Any, **options: Any) -> Any:
            if threading.current_thread() is sleeper and not self._asleep.is_set() and argument in (None, args[0]):
                self._asleep.set()
                assert self._wake.wait(60)
            return original(*args, **options)

        self._patches.setattr(module, name, stop_there)
        sleeper.start()
        assert self._asleep.wait(60)
        unlocked = LakeWriter.objects.select_for_update(skip_locked=True)
        with transaction.atomic():
            for row in unlocked:
                row.leased_until = clock.now() - timedelta(seconds=1)
                row.save()
        try:
            yield self
        finally:
            self._wake.set()
            sleeper.join()

    def _run(self, work: Callable[[], object]) -> None:
        try:
            work()
        except (LeaseLostError, CommitFailedError) as error:
            self.error = error
        finally:
            connection.close()


@pytest.fixture
def paused(monkeypatch: pytest.MonkeyPatch) -> Paused:
    return Paused(monkeypatch)


def assert_lake_tells(facts: Facts) -> None:
    """The truth is told now, and after everything has been rewritten and what is retired is gone."""
    assert told_now() == facts.truth()
    flush.flush_tail()
    copies.copy_changes()
    compaction.compact(most_files=1)
    RetiredFile.objects.update(retired_at=clock.now() - timedelta(hours=1))
    vacuum.vacuum()
    assert told_now() == facts.truth()
