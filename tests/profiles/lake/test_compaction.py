"""Compaction and vacuum: fewer files, and none deleted that somebody may need."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from deltalake import DeltaTable
from django.db import connection, transaction

from lib import clock
from profiles.lake import batches, compaction, copies, delta, flush, vacuum
from profiles.lake.files import folder
from profiles.lake.snapshot import open_snapshot
from profiles.models import EventProperty, EventType, LakeTable, RetiredFile, TailEvent
from tests.profiles.lake.facts import START, Facts, make_company, order_table, rows_of, told_now

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def facts() -> Facts:
    """A company whose orders of January lie in three files, and those of February in one."""
    facts = make_company()
    facts.arrive(3)
    flush.flush_tail()
    for _ in range(2):
        facts.arrive(1)
        flush.flush_tail()
    return facts


def test_a_crowded_month_gets_one_file_and_the_others_stay(facts: Facts) -> None:
    before = files_of("order")
    assert compaction.compact(most_files=3) == 3  # orders, visits and tracks of January
    after = files_of("order")
    assert sorted(after.values()) == ["2026-01", "2026-02"]
    assert after.keys() & before.keys() == {path for path, month in before.items() if month == "2026-02"}
    assert told_now() == facts.truth()


def test_a_month_with_fewer_files_is_left_alone(facts: Facts) -> None:
    assert compaction.compact() == 0
    assert len(files_of("order")) == 4


def test_a_month_that_has_settled_is_merged_when_it_has_a_few(facts: Facts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "SETTLED", timedelta(0))
    assert compaction.compact() == 0
    facts.arrive(1)
    flush.flush_tail()
    assert compaction.compact() == 3
    assert len(files_of("order")) == 2
    assert told_now() == facts.truth()


def test_values_that_the_catalogue_has_dropped_stay_in_the_lake(facts: Facts) -> None:
    total = EventProperty.objects.get(key="total")
    total.delete()
    assert compaction.compact(most_files=2) > 0
    EventProperty.objects.create(event_type=facts.orders, key="total", type="number", column="total")
    with open_snapshot() as snapshot:
        assert sorted(row[-1] for row in rows_of(snapshot, "order")) == sorted(row[-1] for row in facts.events["order"])


def test_events_with_lists_are_merged_too(facts: Facts) -> None:
    read = EventType.objects.create(name="read", table="read")
    EventProperty.objects.create(event_type=read, key="topics", type="list", column="topics")
    for number in range(3):
        TailEvent.objects.create(
            event_type=read, timestamp=START, message_id=f"read {number}", properties={"topics": ["all", str(number)]}
        )
        flush.flush_tail()
    assert compaction.compact(most_files=3) == 4
    assert len(files_of("read")) == 1
    with open_snapshot() as snapshot:
        assert sorted(row[-1] for row in rows_of(snapshot, "read")) == [["all", "0"], ["all", "1"], ["all", "2"]]


def test_nothing_young_is_deleted(facts: Facts) -> None:
    leave_a_nameless_file(facts)
    copies.copy_changes()
    facts.change(facts.people[:4])
    copies.copy_changes()
    assert RetiredFile.objects.exists()
    on_disk = all_files()
    assert vacuum.vacuum() == 0
    assert all_files() == on_disk


def test_what_was_rolled_back_is_deleted_when_it_is_old(facts: Facts) -> None:
    before = all_files()
    leave_a_nameless_file(facts)
    assert len(all_files() - before) == 2  # one of orders, one of tracks
    assert vacuum.vacuum(age=timedelta(0)) == 2
    assert all_files() == before
    assert told_now() == facts.truth()


def test_staged_files_stay_however_old_they_are(facts: Facts) -> None:
    number = facts.stage(3)
    assert vacuum.vacuum(age=timedelta(0)) == 0
    flush.write_batch(number)
    assert told_now() == facts.truth()


def test_files_of_a_stage_that_is_not_committed_yet_stay(facts: Facts) -> None:
    leave_a_nameless_file(facts)
    rows = facts.staged_rows(2)
    with staging(rows):
        assert vacuum.vacuum(age=timedelta(0)) == 0
    facts.events["order"].extend(rows)
    assert vacuum.vacuum(age=timedelta(0)) == 2
    assert told_now() == facts.truth()


def test_the_log_is_summed_up_and_its_old_part_dropped(facts: Facts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vacuum, "CHECKPOINT_EVERY", 2)
    log = folder("order") / "_delta_log"
    for entry in log.glob("*.json"):
        two_days_ago = clock.now().timestamp() - 2 * 86_400
        os.utime(entry, (two_days_ago, two_days_ago))
    version = LakeTable.objects.get(name="order").version
    vacuum.vacuum()
    assert (log / f"{version:020}.checkpoint.parquet").exists()
    delta._files.cache_clear()
    assert told_now() == facts.truth()
    facts.arrive(1)
    flush.flush_tail()
    assert told_now() == facts.truth()


def files_of(table: str) -> dict[str, str]:
    return dict(delta.files_of(DeltaTable(str(folder(table)))))


def all_files() -> set[str]:
    return {str(path) for path in folder("").rglob("*.parquet") if path.parent.name != "_delta_log"}


def leave_a_nameless_file(facts: Facts) -> None:
    with transaction.atomic():
        batches.stage({"order": order_table(facts.staged_rows(1))})
        transaction.set_rollback(True)


@contextmanager
def staging(rows: list[tuple[object, ...]]) -> Iterator[None]:
    """Within the block, an import has staged these orders and not committed; it does when the block is left."""
    staged, may_commit = threading.Event(), threading.Event()

    def stage() -> None:
        with transaction.atomic():
            batches.stage({"order": order_table(rows)})
            staged.set()
            assert may_commit.wait(60)
        connection.close()

    importer = threading.Thread(target=stage)
    importer.start()
    assert staged.wait(60)
    try:
        yield
    finally:
        may_commit.set()
        importer.join()
