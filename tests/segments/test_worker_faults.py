"""Workers that are killed, paused or doubled: the members are right all the same (I5, I6, I8)."""

import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from django.db import connection, connections, transaction
from pyroaring import BitMap64

from accounts.actors import INSTALLATION
from profiles.models import Profile
from segments import membership, services
from segments.models import Run, Segment
from segments.runs.work import work
from tests.segments import data
from tests.segments.processes import beat, manage, until, worker

pytestmark = pytest.mark.django_db(transaction=True)

PAID = {"trait": "plan", "op": "eq", "value": "paid"}
POINTS = ("runs.claimed", "runs.evaluated", "runs.held", "runs.stored", "runs.committed")


@pytest.fixture
def environment(process_environment: dict[str, str]) -> dict[str, str]:
    """A lease of two seconds, so that a dead worker's work is soon taken up."""
    return process_environment | {"LEASE_SECONDS": "2", "TICK_SECONDS": "1"}


@pytest.fixture
def leaver() -> Profile:
    data.make_trait("plan", "text")
    return data.make_profile("leaver", plan="paid")


@pytest.fixture
def segment(leaver: Profile) -> Segment:
    """A segment with one member, who is about to leave."""
    made = data.live_segment("paid", data.make_team(), PAID)
    work()
    return made


def succeeded() -> int:
    return Run.objects.filter(state=Run.State.SUCCEEDED).count()


def change_members(leaver: Profile) -> Profile:
    """One leaves, another enters: answers who."""
    data.change_traits(leaver, plan="free")
    return data.make_profile("newcomer", plan="paid")


def assert_recovered(segment: Segment, leaver: Profile, newcomer: Profile, attempts: int) -> None:
    run = Run.objects.order_by("-id")[0]
    assert (run.state, run.members, run.entered, run.left, run.attempts) == ("succeeded", 1, 1, 1, attempts)
    assert membership.load(segment.pk) == BitMap64([newcomer.pk])
    assert membership.at_run(Run.objects.order_by("id")[0]) == BitMap64([leaver.pk])


@pytest.mark.parametrize("point", POINTS)
def test_a_process_killed_at_any_point_leaves_a_right_result(
    point: str, segment: Segment, leaver: Profile, environment: dict[str, str]
) -> None:
    newcomer = change_members(leaver)

    victim = manage(environment | {"REGISTRY_FAILPOINT": point}, "recompute", "paid", "--wait")

    assert victim.returncode == -signal.SIGKILL
    committed = point == "runs.committed"
    assert membership.load(segment.pk) == BitMap64([newcomer.pk if committed else leaver.pk])
    if not committed:
        until(lambda: work() == 1)
    assert_recovered(segment, leaver, newcomer, attempts=1 if committed else 2)


def test_a_worker_killed_in_mid_recompute_is_made_good_by_the_next_one_without_help(
    segment: Segment, leaver: Profile, environment: dict[str, str], tmp_path: Path
) -> None:
    with beat("beat", tmp_path, environment):
        with worker("victim", tmp_path, environment | {"REGISTRY_FAILPOINT": "runs.stored"}) as victim:
            newcomer = change_members(leaver)
            services.request_recompute(segment=segment, actor=INSTALLATION)
            assert victim.wait(60) == -signal.SIGKILL
        assert membership.load(segment.pk) == BitMap64([leaver.pk])
        with worker("successor", tmp_path, environment):
            until(lambda: succeeded() == 2)
    assert_recovered(segment, leaver, newcomer, attempts=2)


def test_a_worker_paused_past_its_lease_writes_nothing_late(
    segment: Segment, leaver: Profile, environment: dict[str, str], tmp_path: Path
) -> None:
    newcomer = change_members(leaver)
    with worker("sleeper", tmp_path, environment) as sleeper:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE profiles_readerlease IN EXCLUSIVE MODE")  # it gets as far as its snapshot
            with ThreadPoolExecutor(1) as elsewhere:
                elsewhere.submit(ask_elsewhere, segment).result()
            until(lambda: Run.objects.filter(state=Run.State.RUNNING).exists())
            sleeper.send_signal(signal.SIGSTOP)
        until(lambda: work() == 1)
        stored = Run.objects.values().order_by("-id")[0]
        data.change_traits(newcomer, plan="free")  # what the sleeper would see now, and must not write
        sleeper.send_signal(signal.SIGCONT)
        until(lambda: "so nothing was written" in (tmp_path / "sleeper.log").read_text())
    assert Run.objects.values().order_by("-id")[0] == stored
    assert_recovered(segment, leaver, newcomer, attempts=2)


def ask_elsewhere(segment: Segment) -> None:
    """Ask in a transaction of a thread's own, so that it is committed while ours goes on."""
    try:
        services.request_recompute(segment=segment, actor=INSTALLATION)
    finally:
        connections.close_all()


def test_two_beats_make_no_more_runs_than_one(segment: Segment, environment: dict[str, str], tmp_path: Path) -> None:
    Segment.objects.update(freshness=timedelta(seconds=5), upkeep=Segment.Upkeep.TIME)
    with (
        beat("first", tmp_path, environment),
        beat("second", tmp_path, environment),
        worker("worker", tmp_path, environment),
    ):
        until(lambda: succeeded() >= 4)
    moments = list(Run.objects.order_by("id").values_list("as_of", flat=True))
    assert all(later - earlier >= timedelta(seconds=5) for earlier, later in pairwise(moments) if later and earlier)
