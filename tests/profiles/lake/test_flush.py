"""Batches: staged, flushed once, in order."""

import json
import threading
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest
from deltalake import DeltaTable
from django.db import connection, transaction

from profiles.lake import batches, delta, flush
from profiles.lake.files import folder
from profiles.lake.layout import load_layouts
from profiles.lake.snapshot import open_snapshot
from profiles.models import Batch, EventProperty, LakeTable, Stage, TailEvent
from tests.profiles.lake.facts import START, Facts, make_company, order_table, told_now

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def facts() -> Facts:
    return make_company()


def test_events_are_seen_as_soon_as_their_stage_is_committed(facts: Facts) -> None:
    facts.stage(3)
    assert told_now() == facts.truth()
    assert not LakeTable.objects.exists()


def test_a_batch_is_written_once_however_often_it_is_asked_for(facts: Facts) -> None:
    number = facts.stage(3)
    flush.write_batch(number)
    versions = dict(LakeTable.objects.values_list("name", "version"))
    flush.write_batch(number)
    assert dict(LakeTable.objects.values_list("name", "version")) == versions
    assert not Stage.objects.exists()
    assert told_now() == facts.truth()


def test_a_stage_that_commits_after_a_later_one_is_not_missed(facts: Facts) -> None:
    staged, may_commit = threading.Event(), threading.Event()
    early = [(None, None, START, "early", 1.0)]

    def stage_and_dawdle() -> None:
        with transaction.atomic():
            batches.stage({"order": order_table(early)})
            staged.set()
            assert may_commit.wait(60)
        connection.close()

    dawdler = threading.Thread(target=stage_and_dawdle)
    dawdler.start()
    assert staged.wait(60)
    flush.write_batch(facts.stage(2))
    assert facts.truth()["order"] == told_now()["order"]
    may_commit.set()
    dawdler.join()
    flush.write_batch(Stage.objects.get().pk)
    facts.events["order"].extend(early)
    assert told_now() == facts.truth()
    assert not Stage.objects.exists()


def test_events_without_people_or_properties_and_of_all_ages_are_kept(facts: Facts) -> None:
    moments = [datetime(1900, 1, 1, tzinfo=UTC), datetime(2299, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)]
    rows = pa.table({"timestamp": pa.array(moments, pa.timestamp("us", tz="UTC")), "message_id": ["a", "b"]})
    with transaction.atomic():
        number = batches.stage({"order": rows, "visit": rows.slice(0, 0)})
    flush.write_batch(number)
    with open_snapshot() as snapshot:
        found = snapshot.connection.sql('SELECT * FROM "order" ORDER BY message_id').to_arrow_table().to_pylist()
        assert [(row["timestamp"].astimezone(UTC), row["user_id"], row["total"]) for row in found] == [
            (moment, None, None) for moment in moments
        ]
        assert snapshot.connection.sql("SELECT event, message_id FROM tracks ORDER BY 2").fetchall() == [
            ("order", "a"),
            ("order", "b"),
        ]


def test_staging_belongs_into_a_transaction(facts: Facts) -> None:
    assert not connection.in_atomic_block
    with pytest.raises(transaction.TransactionManagementError, match="event ids"):
        batches.stage({"order": order_table(facts.staged_rows(1))})


def test_files_are_sorted_by_person_and_lie_in_their_month(facts: Facts) -> None:
    facts.arrive(12)
    flush.flush_tail()
    table = DeltaTable(str(folder("order")))
    files = delta.files_of(table)
    assert sorted(files.values()) == ["2026-01", "2026-02"]
    for path, month in files.items():
        written = pyarrow.parquet.read_table(folder("order") / path, partitioning=None)
        assert written.column("user_id").to_pylist() == sorted(written.column("user_id").to_pylist())
        assert {f"{moment:%Y-%m}" for moment in written.column("timestamp").to_pylist()} == {month}


def test_the_log_keeps_statistics_of_ids_and_times_only(facts: Facts) -> None:
    facts.arrive(3)
    flush.flush_tail()
    text = "\n".join(path.read_text() for path in (Path(folder("visit")) / "_delta_log").glob("*.json"))
    stats = [json.loads(line["add"]["stats"]) for line in map(json.loads, text.splitlines()) if "add" in line]
    assert stats
    for each in stats:
        assert each["minValues"].keys() <= {"user_id", "account_id", "timestamp"}
        assert "/1" not in json.dumps(each)
    assert '"delta.dataSkippingStatsColumns":"user_id,account_id,timestamp"' in text


def test_a_new_property_is_added_to_the_table(facts: Facts) -> None:
    facts.arrive(1)
    flush.flush_tail()
    EventProperty.objects.create(event_type=facts.orders, key="Coupon Code", type="list", column="coupon_code")
    event = TailEvent.objects.create(
        event_type=facts.orders, timestamp=datetime.now(UTC), message_id="m", properties={"Coupon Code": ["a", "b"]}
    )
    flush.flush_tail()
    with open_snapshot() as snapshot:
        found = snapshot.connection.sql('SELECT message_id, coupon_code FROM "order" ORDER BY message_id').fetchall()
    assert found == [(event.message_id, ["a", "b"]), ("tail order 0", None)]


def test_a_type_that_differs_from_the_catalogue_is_refused_in_words(facts: Facts) -> None:
    facts.arrive(1)
    flush.flush_tail()
    EventProperty.objects.filter(key="total").update(type="text")
    with pytest.raises(delta.LakeSchemaError, match=r"The column total of order is .*double.* another column"):
        delta.open_latest(load_layouts()["order"])


def test_batches_close_in_the_order_of_their_numbers(facts: Facts) -> None:
    for _ in range(3):
        facts.arrive(1)
        flush.flush_tail()
    numbers = list(Batch.objects.order_by("closed_at").values_list("number", flat=True))
    assert numbers == sorted(numbers)
    assert len(numbers) == 3
    assert DeltaTable(str(folder("order"))).transaction_version(delta.BATCHES) == numbers[-1]
