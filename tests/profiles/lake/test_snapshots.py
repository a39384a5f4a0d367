"""What a snapshot says, and what it leaves out."""

import os
import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from django.db import connection, transaction
from pytest_django import Settings

from lib import clock
from profiles import changes
from profiles.lake import compaction, copies, flush, readers, vacuum
from profiles.lake.snapshot import Snapshot, TableScan, open_snapshot, read_snapshot
from profiles.models import EventProperty, EventType, ReaderLease, RetiredFile, TailEvent, TraitDefinition
from tests.profiles.lake.facts import START, Facts, make_company, rows_of, told_by, told_now
from tests.segments.processes import until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def facts() -> Facts:
    return make_company()


def test_rows_in_postgres_staged_files_and_the_lake_are_one_state(facts: Facts) -> None:
    facts.arrive(3)
    flush.flush_tail()
    copies.copy_changes()
    facts.arrive(2)
    facts.stage(2)
    facts.change(facts.people[:4])
    assert told_now() == facts.truth()


def test_a_snapshot_stays_as_it_was_while_everything_is_rewritten(facts: Facts) -> None:
    facts.arrive(3)
    flush.flush_tail()
    copies.copy_changes()
    before = facts.truth()
    with open_snapshot() as snapshot:
        facts.arrive(3)
        facts.change(facts.people[:4])
        flush.flush_tail()
        copies.copy_changes()
        compaction.compact(most_files=1)
        RetiredFile.objects.update(retired_at=clock.now() - timedelta(hours=1))
        assert vacuum.vacuum() == 0
        assert told_by(snapshot) == before
    assert vacuum.vacuum() > 0


def test_only_the_columns_and_the_months_of_the_scan_are_there(facts: Facts) -> None:
    facts.arrive(6)
    flush.flush_tail()
    february = datetime(2026, 2, 1, tzinfo=UTC)
    scan = {"order": TableScan(frozenset({"total"}), start=february), "users": TableScan(frozenset({"vip"}))}
    with open_snapshot(scan) as snapshot:
        orders = snapshot.connection.sql('FROM "order"')
        assert orders.columns == ["user_id", "account_id", "timestamp", "message_id", "total"]
        assert orders.aggregate('min("timestamp")').to_arrow_table()[0][0].as_py() >= february
        assert snapshot.connection.sql("FROM users").columns == ["id", "company_id", "vip"]
        with pytest.raises(duckdb.CatalogException):
            snapshot.connection.sql("FROM accounts")


def test_tables_without_rows_are_empty_views_with_the_columns_of_the_catalogue(facts: Facts) -> None:
    event = EventType.objects.create(name="never", table="never")
    for key, kind in (("a", "list"), ("b", "datetime"), ("c", "boolean")):
        EventProperty.objects.create(event_type=event, key=key, type=kind, column=key)
    with open_snapshot({"never": TableScan(frozenset("abc"))}) as snapshot:
        never = snapshot.connection.sql("FROM never")
        assert [str(kind) for kind in never.types[-3:]] == ["VARCHAR[]", "TIMESTAMP WITH TIME ZONE", "BOOLEAN"]
        assert never.fetchall() == []


def test_files_that_are_older_than_a_column_have_null_in_it(facts: Facts) -> None:
    copies.copy_changes()
    TraitDefinition.objects.create(unit="profile", key="New!", type="text", column="new")
    newcomer = facts.people[0]
    with transaction.atomic():
        newcomer.traits = {"New!": "x"}
        newcomer.save()
        changes.mark_profiles([newcomer.pk])

    def told() -> dict[int, str | None]:
        with open_snapshot({"users": TableScan(frozenset({"new"}))}) as snapshot:
            return {row[0]: row[2] for row in rows_of(snapshot, "users")}

    everyone = {person[0]: None for person in facts.truth()["users"]}
    assert told() == everyone | {newcomer.pk: "x"}
    copies.copy_changes()
    assert told() == everyone | {newcomer.pk: "x"}


def test_missing_values_at_the_end_of_a_row_and_of_all_rows_are_missing(facts: Facts) -> None:
    for number in range(2):
        TailEvent.objects.create(event_type=facts.orders, timestamp=START, message_id=f'"{number}', properties={})
        facts.events["order"].append((None, None, START, f'"{number}', None))
        assert told_now() == facts.truth()


def test_texts_of_any_letters_are_told_as_they_are(facts: Facts) -> None:
    letters, chosen = "\",;\r\n\t \\N'é🦊\u2028\ufeff", random.Random(7)
    for number in range(300):
        path = "".join(chosen.choices(letters, k=chosen.randrange(5)))
        message = f"{path}{number}"
        TailEvent.objects.create(
            event_type=facts.visits, timestamp=START, message_id=message, properties={"path": path} if path else {}
        )
        facts.events["visit"].append((None, None, START, message, path or None))
    assert told_now() == facts.truth()
    flush.flush_tail()
    assert told_now() == facts.truth()


def test_a_text_of_megabytes_is_told_whole(facts: Facts) -> None:
    person = facts.people[0]
    person.traits = {"plan": "x" * 3_000_000}
    person.save()
    assert told_now() == facts.truth()


def test_people_of_a_company_join_it_when_it_becomes_known(facts: Facts) -> None:
    copies.copy_changes()
    unknown = facts.companies[2]
    assert not any(row[1] == unknown.pk for row in facts.truth()["users"])
    with transaction.atomic():
        unknown.known = True
        unknown.save()
        changes.mark_companies([unknown.pk])
        changes.mark_people_of([unknown.pk])
    assert any(row[1] == unknown.pk for row in facts.truth()["users"])
    assert told_now() == facts.truth()
    copies.copy_changes()
    assert told_now() == facts.truth()


def test_as_of_is_the_clock_of_the_database_unless_it_is_given(facts: Facts) -> None:
    before = clock.now()
    with open_snapshot() as snapshot:
        assert before < snapshot.as_of < clock.now()
    with open_snapshot(as_of=START) as snapshot:
        assert snapshot.as_of == START


def test_instants_compare_in_utc_without_any_function_of_calendars(facts: Facts) -> None:
    facts.arrive(1)
    flush.flush_tail()
    with open_snapshot() as snapshot:
        found = snapshot.connection.sql(
            'SELECT message_id FROM "order" WHERE "timestamp" >= TIMESTAMPTZ \'2026-01-20 12:00:00+00\''
            " AND \"timestamp\" < TIMESTAMPTZ '2026-01-20 14:00:00.000001+02'"
        )
        assert len(found.fetchall()) == 1
        assert snapshot.connection.sql("SELECT current_setting('TimeZone')").fetchall() == [("UTC",)]


def test_a_table_that_the_catalogue_does_not_have_is_an_error(facts: Facts) -> None:
    with pytest.raises(KeyError, match="nowhere"), open_snapshot({"nowhere": TableScan()}):
        pass


def test_a_snapshot_is_not_opened_within_a_transaction(facts: Facts) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"), open_snapshot():
        pass


def test_a_missing_file_makes_the_reader_read_the_pointers_again_once(facts: Facts) -> None:
    facts.arrive(3)
    flush.flush_tail()
    attempts = []

    def paused_for_long(snapshot: Snapshot) -> object:
        attempts.append(snapshot.as_of)
        if len(attempts) == 1:
            take_its_files_away()
        return told_by(snapshot)

    assert read_snapshot(paused_for_long) == facts.truth()
    assert len(attempts) == 2


def take_its_files_away() -> None:
    """What happens to a reader that does not renew its lease."""
    ReaderLease.objects.all().delete()
    compaction.compact(most_files=1)
    RetiredFile.objects.update(retired_at=clock.now() - timedelta(hours=1))
    assert vacuum.vacuum() > 0


def test_leases_are_taken_on_what_is_read_and_given_back(facts: Facts) -> None:
    facts.arrive(1)
    flush.flush_tail()
    with open_snapshot({"order": TableScan()}):
        (lease,) = ReaderLease.objects.all()
        assert lease.versions.keys() == {"order"}
        assert lease.expires_at > clock.now()
    assert not ReaderLease.objects.exists()


def test_leases_are_renewed_as_long_as_their_snapshots_are_open(facts: Facts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "_RENEW_SECONDS", 0.05)
    monkeypatch.setattr(readers, "_keepers", {})  # the thread that is there may sleep for longer
    with open_snapshot({"users": TableScan()}), open_snapshot({"order": TableScan()}):
        taken = dict(ReaderLease.objects.values_list("pk", "renewed_at"))
        until(lambda: all(ReaderLease.objects.get(pk=key).renewed_at > moment for key, moment in taken.items()))
    assert len(taken) == 2
    assert not ReaderLease.objects.exists()


def test_duckdb_knows_how_many_rows_a_file_has_that_is_older_than_a_column(facts: Facts) -> None:
    copies.copy_changes()
    TraitDefinition.objects.create(unit="profile", key="New!", type="text", column="new")
    with open_snapshot({"users": TableScan(frozenset({"vip", "new"}))}) as snapshot:
        row = snapshot.connection.execute("EXPLAIN (FORMAT json) SELECT vip, new FROM users").fetchone()
    assert row is not None
    estimates = re.findall(r'"Function": "READ_PARQUET".*?"Estimated Cardinality": "(\d+)"', row[1], re.DOTALL)
    assert estimates == [str(len(facts.truth()["users"]))]


@pytest.fixture
def strange_folder(settings: Settings, tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "a lake's [x]*?"
    settings.LAKE_URL = str(folder)
    yield folder
    assert any(name == "_delta_log" for _, names, _ in os.walk(folder) for name in names)


def test_the_lake_may_lie_in_a_folder_of_any_name(strange_folder: Path, facts: Facts) -> None:
    facts.arrive(3)
    facts.stage(2)
    for _ in range(2):
        flush.flush_tail()
        copies.copy_changes()
        compaction.compact(most_files=1)
        facts.change(facts.people[:3])
    assert told_now() == facts.truth()


def test_queries_to_postgres_do_not_grow_with_the_number_of_events_types(facts: Facts) -> None:
    queries_of_a_snapshot()  # which reads the catalogue, and remembers it
    few = queries_of_a_snapshot()
    for number in range(5):
        EventType.objects.create(name=f"more {number}", table=f"more_{number}")
    assert queries_of_a_snapshot() > few
    assert queries_of_a_snapshot() == few


def queries_of_a_snapshot() -> int:
    connection.force_debug_cursor = True
    start = len(connection.queries_log)
    with open_snapshot({"users": TableScan(), "order": TableScan()}):
        pass
    connection.force_debug_cursor = False
    return len(connection.queries_log) - start
