"""Kill -9 at every named step, with readers running: every snapshot tells the truth, before and after recovery."""

import os
import pkgutil
from datetime import timedelta
from functools import partial
from importlib import import_module
from pathlib import Path

import pytest
from deltalake import DeltaTable
from django.conf import settings
from django.db import transaction
from django.db.models import F

from profiles import lake
from profiles.lake import batches, compaction, copies, flush, vacuum
from profiles.lake.files import folder
from profiles.lake.layout import load_layouts
from profiles.lake.snapshot import Snapshot, open_snapshot
from profiles.models import Batch, ChangedCompany, ChangedProfile, ReaderLease, RetiredFile, Stage, TailEvent
from tests.profiles.lake.facts import START, Facts, Row, State, in_order, make_company, order_table, told_by, told_now
from tests.profiles.lake.processes import start, was_killed
from tests.profiles.lake.watching import watched

pytestmark = pytest.mark.django_db(transaction=True)

POINTS = {
    name: points
    for _, name, _ in pkgutil.iter_modules(lake.__path__)
    if (points := getattr(import_module(f"profiles.lake.{name}"), "POINTS", ()))
}


@pytest.mark.parametrize("module", ["flush", "copies", "compaction", "vacuum"])
def test_upkeep_that_dies_at_any_step_changes_no_answer(module: str) -> None:
    facts = make_company()
    flush_and_copy(facts)
    look_after_the_lake()
    for turn, point in enumerate(POINTS[module]):
        give_work_to_every_step(facts, turn)
        truth = facts.truth()
        with watched(partial(told_wrongly, truth)) as watch:
            assert was_killed(start(look_after_the_lake, point)), f"{point} was not reached"
            assert difference(truth, told_now()) is None
            look_after_the_lake()
        assert watch.wrong == []
        assert watch.right > 0
        assert nothing_waits()
        assert difference(truth, told_by_delta_alone(truth)) is None


@pytest.mark.parametrize("point", POINTS["batches"])
def test_a_stage_that_dies_before_its_commit_never_was(point: str) -> None:
    facts = make_company()
    facts.stage(3)
    truth = facts.truth()
    assert was_killed(start(stage_more, point))
    assert difference(truth, told_now()) is None
    grow_old()
    look_after_the_lake()
    assert nothing_waits()
    assert difference(truth, told_by_delta_alone(truth)) is None


@pytest.mark.parametrize("point", POINTS["snapshot"])
def test_a_reader_that_dies_keeps_files_until_its_lease_is_over(point: str) -> None:
    facts = make_company()
    flush_and_copy(facts)
    assert was_killed(start(read_everything, point))
    facts.change(facts.people[:4])
    copies.copy_changes()
    grow_old()
    retired = [folder(file.table) / file.path for file in RetiredFile.objects.all()]
    assert vacuum.vacuum() == 0
    assert retired
    assert all(path.exists() for path in retired)
    ReaderLease.objects.update(expires_at=F("taken_at"))
    assert vacuum.vacuum() == len(retired)
    assert not any(path.exists() for path in retired)


def test_every_step_of_the_lake_is_killed_here() -> None:
    elsewhere = {"redirects", "retention", "erased"}  # in other folders of tests, with what leads to them
    assert sorted(POINTS.keys() - elsewhere) == ["batches", "compaction", "copies", "flush", "snapshot", "vacuum"]


def look_after_the_lake() -> None:
    """All that upkeep does, whether due or not."""
    flush.flush_tail()
    copies.copy_changes()
    compaction.compact(most_files=2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vacuum, "CHECKPOINT_EVERY", 1)
        vacuum.vacuum()


def stage_more() -> None:
    rows = [(None, None, START, "never accepted", 1.0)]
    with transaction.atomic():
        batches.stage({"order": order_table(rows)})


def read_everything() -> None:
    with open_snapshot() as snapshot:
        told_by(snapshot)


def flush_and_copy(facts: Facts) -> None:
    facts.arrive(4)
    flush.flush_tail()
    copies.copy_changes()


def give_work_to_every_step(facts: Facts, turn: int) -> None:
    """Tail and stage, which make months with two files, retired and nameless files that are old, changed people."""
    leave_a_nameless_file()
    grow_old()
    facts.arrive(3)
    facts.stage(2)
    facts.change(facts.people[4 * turn : 4 * turn + 4])


def leave_a_nameless_file() -> None:
    """What an import leaves that rolls back after it has staged."""
    with transaction.atomic():
        stage_more()
        transaction.set_rollback(True)


def grow_old() -> None:
    """Everything that lies in the lake has lain there for an hour."""
    RetiredFile.objects.update(retired_at=F("retired_at") - timedelta(hours=1))
    for path in Path(settings.LAKE_URL).rglob("*.parquet"):
        an_hour_ago = path.stat().st_mtime - 3600
        os.utime(path, (an_hour_ago, an_hour_ago))


def nothing_waits() -> bool:
    waiting = (TailEvent, Stage, ChangedProfile, ChangedCompany)
    return not any(model.objects.exists() for model in waiting) and not Batch.objects.filter(closed_at=None).exists()


def told_by_delta_alone(truth: State) -> State:
    """What a stranger reads from the newest versions, without Postgres."""
    return {name: delta_rows(name) for name in truth}


def delta_rows(name: str) -> list[Row]:
    layout = load_layouts()[name]
    if not DeltaTable.is_deltatable(str(folder(name))):
        return []
    table = DeltaTable(str(folder(name))).to_pyarrow_table(columns=[column.name for column in layout.columns])
    return in_order(name, zip(*(column.to_pylist() for column in table.columns), strict=True))


def told_wrongly(truth: State, snapshot: Snapshot) -> str | None:
    return difference(truth, told_by(snapshot))


def difference(truth: State, told: State) -> str | None:
    """What is wrong in words, table by table; None when nothing is."""
    wrong = [
        f"{name}: {len(told[name])} rows for {len(truth[name])}, missed {set(truth[name]) - set(told[name])}"
        for name in truth
        if told[name] != truth[name]
    ]
    return "; ".join(wrong) or None
