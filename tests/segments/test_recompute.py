"""From a published version to stored members, by the worker's own function; and what happens when it can't."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from pyroaring import BitMap64
from pytest_django import Settings

from accounts.actors import INSTALLATION
from accounts.models import Team
from lib import clock, leases
from profiles.lake.copies import copy_changes
from profiles.models import TraitDefinition
from segments import membership, services
from segments.membership import Changes
from segments.models import MembershipBlock, Run, RunChange, Segment
from segments.runs import due, outcomes, queue
from segments.runs.failures import MOST_ATTEMPTS, SLOWLY, Failure
from segments.runs.work import work
from tests.segments import data

pytestmark = pytest.mark.django_db(transaction=True)

PAID = {"trait": "plan", "op": "eq", "value": "paid"}
EVERYONE = {"everyone": True}
OUTAGE = Failure("outage", "Something was away for a while.")


@pytest.fixture
def team() -> Team:
    data.make_trait("plan", "text")
    return data.make_team()


def newest(segment: Segment) -> Run:
    return Run.objects.filter(segment=segment).order_by("-id")[0]


def recompute(segment: Segment) -> Run:
    services.request_recompute(segment=segment, actor=INSTALLATION)
    work()
    return newest(segment)


def test_a_published_segment_is_computed_and_says_what_it_did(team: Team) -> None:
    paid = data.make_profile("p1", plan="paid")
    data.make_profile("p2", plan="free")
    data.make_profile(None, plan="paid")
    before = clock.now()
    segment = data.live_segment("paid", team, PAID)

    assert work() == 1

    run = Run.objects.get()
    assert (run.state, run.trigger, run.version, run.attempts) == ("succeeded", "published", segment.published, 1)
    assert (run.members, run.entered, run.left, run.failure) == (1, 1, 0, "")
    assert run.as_of is not None
    assert before < run.as_of < clock.now()
    assert run.leased_until is None
    assert membership.load(segment.pk) == BitMap64([paid.pk])
    assert membership.contains(segment.pk, paid.pk)
    assert not membership.contains(segment.pk, paid.pk + 1)
    assert work() == 0


def test_segments_that_refer_to_each_other_are_computed_together_at_one_instant(team: Team) -> None:
    data.make_trait("age", "number")
    bought = data.make_event_type("bought", amount="number")
    old = data.make_profile("old", plan="paid", age=70)
    data.make_profile("young", plan="paid", age=20)
    data.make_event(bought, old, amount=12.5)
    paid = data.live_segment("paid", team, PAID)
    senior = {"all": [{"segment": "paid"}, {"trait": "age", "op": "gte", "value": 60}]}
    seniors = data.live_segment("seniors", team, senior)
    buyers = data.live_segment("buyers", team, {"all": [{"segment": "seniors"}, {"event": "bought"}]})

    assert work() == 3

    assert len(set(Run.objects.values_list("as_of", flat=True))) == 1
    assert len(membership.load(paid.pk)) == 2
    assert membership.load(seniors.pk) == BitMap64([old.pk])
    assert membership.load(buyers.pk) == BitMap64([old.pk])


def test_a_segment_outside_the_run_is_written_out_and_not_taken_as_it_was_stored(team: Team) -> None:
    person = data.make_profile("p1", plan="free")
    data.live_segment("paid", team, PAID)
    above = data.live_segment("above", team, {"segment": "paid"})
    work()
    data.change_traits(person, plan="paid")
    assert recompute(above).members == 1


def test_companies_are_members_of_segments_of_companies(team: Team) -> None:
    acme = data.make_company("acme")
    segment = data.live_segment("companies", team, EVERYONE, unit="company")
    work()
    assert membership.load(segment.pk) == BitMap64([acme.pk])


def test_one_person_entering_writes_one_block_and_one_small_change(team: Team) -> None:
    segment = data.live_segment("all", team, EVERYONE)
    crowd = BitMap64(range(70_000, 140_000)) | BitMap64([5])
    [run] = queue.claim_batch()
    with transaction.atomic():
        membership.store(run, crowd)
    rows = dict(MembershipBlock.objects.values_list("block", "pk"))
    assert sorted(rows) == [0, 1, 2]

    RunChange.objects.all().delete()
    with transaction.atomic():
        changes = membership.store(run, crowd | BitMap64([6]) - BitMap64([5]))

    assert changes == Changes(entered=BitMap64([6]), left=BitMap64())
    assert dict(MembershipBlock.objects.values_list("block", "pk")) == rows
    stored = RunChange.objects.get()
    assert len(bytes(stored.entered)) + len(bytes(stored.left)) < 100
    assert membership.load(segment.pk) == crowd | BitMap64([6])


def test_the_members_at_every_past_run_are_known(team: Team) -> None:
    segment = data.live_segment("paid", team, PAID)
    people = [data.make_profile(f"p{number}", plan="free") for number in range(3)]
    work()
    seen = []
    for number, plans in enumerate(("paid free free", "paid paid free", "free free paid", "free free paid")):
        for person, plan in zip(people, plans.split(), strict=True):
            data.change_traits(person, plan=plan)
        run = recompute(segment)
        wanted = BitMap64(p.pk for p, plan in zip(people, plans.split(), strict=True) if plan == "paid")
        seen.append((number, run, wanted))

    assert [(number, membership.at_run(run)) for number, run, _ in seen] == [(n, wanted) for n, _, wanted in seen]
    first = seen[0][1]
    assert first.finished_at is not None
    since = membership.changes_since(segment.pk, first.finished_at)
    assert since == Changes(entered=BitMap64([people[2].pk]), left=BitMap64([people[0].pk]))
    assert membership.changes_since(segment.pk, clock.now()) == Changes(BitMap64(), BitMap64())
    assert not RunChange.objects.filter(run=seen[3][1]).exists()


def test_a_definition_that_no_longer_fits_fails_alone_and_takes_only_its_dependents_along(team: Team) -> None:
    data.make_trait("age", "number")
    data.make_profile("p1", plan="paid", age=70)
    broken = data.live_segment("broken", team, {"trait": "age", "op": "gte", "value": 60})
    above = data.live_segment("above", team, {"segment": "broken"})
    well = data.live_segment("well", team, PAID)
    work()
    TraitDefinition.objects.get(key="age").delete()
    for segment in (broken, above, well):
        services.request_recompute(segment=segment, actor=INSTALLATION)

    work()

    assert [newest(segment).state for segment in (broken, above, well)] == ["failed", "failed", "succeeded"]
    assert newest(broken).failure_code == "invalid_definition"
    assert "age" in newest(broken).failure
    assert newest(above).failure_code == "dependency_failed"
    assert len(membership.load(broken.pk)) == len(membership.load(above.pk)) == 1
    assert not due.due_segments().exists()


def test_a_failed_attempt_waits_and_is_then_made_good(team: Team) -> None:
    data.make_profile("p1", plan="paid")
    segment = data.live_segment("paid", team, PAID)
    [run] = queue.claim_batch()
    outcomes.fail(run, OUTAGE)

    waiting = newest(segment)
    assert (waiting.state, waiting.failure_code, waiting.failure) == ("queued", "outage", OUTAGE.message)
    assert waiting.next_attempt_at is not None
    assert waiting.next_attempt_at > clock.now()
    assert work() == 0
    Run.objects.update(next_attempt_at=clock.now())
    assert work() == 1
    assert (newest(segment).state, newest(segment).attempts, newest(segment).failure_code) == ("succeeded", 2, "")


def test_attempts_are_capped_and_go_on_at_a_slower_pace(team: Team) -> None:
    segment = data.live_segment("all", team, EVERYONE, freshness=timedelta(seconds=5))
    for _ in range(MOST_ATTEMPTS):
        Run.objects.update(next_attempt_at=None)
        [run] = queue.claim_batch()
        outcomes.fail(run, OUTAGE)

    assert (newest(segment).state, newest(segment).attempts) == ("failed", MOST_ATTEMPTS)
    assert queue.enqueue_due() == 0
    Run.objects.update(finished_at=clock.now() - SLOWLY)
    assert queue.enqueue_due() == 1
    work()
    assert newest(segment).state == "succeeded"


def test_a_run_that_kills_worker_after_worker_is_closed_and_says_so(team: Team) -> None:
    segment = data.live_segment("all", team, EVERYONE)
    other = data.live_segment("other", team, EVERYONE)
    batches = []
    for _ in range(MOST_ATTEMPTS + 1):
        batches.append([run.segment.key for run in queue.claim_batch()])
        leases.fence_off(Run.objects.all())  # the worker is gone, and its lease with it
    assert batches[:3] == [["all", "other"], ["all", "other"], ["all"]]

    work()
    queue.close_lost()

    assert newest(other).state == "succeeded"
    assert (newest(segment).state, newest(segment).failure_code) == ("failed", "worker_lost")
    assert "memory" in newest(segment).failure


def test_a_lake_that_can_not_be_read_fails_the_run_and_leaves_the_members(team: Team, settings: Settings) -> None:
    data.make_profile("p1", plan="paid")
    segment = data.live_segment("paid", team, PAID)
    copy_changes()
    work()
    for file in Path(settings.LAKE_URL).rglob("*.parquet"):
        file.unlink()

    run = recompute(segment)

    assert (run.state, run.failure_code) == ("queued", "lake_unreadable")
    assert "LAKE_URL" in run.failure
    assert len(membership.load(segment.pk)) == 1


def test_segments_are_due_when_their_members_are_older_than_promised(team: Team) -> None:
    fresh = data.live_segment("fresh", team, EVERYONE, freshness=timedelta(hours=2))
    stale = data.live_segment("stale", team, EVERYONE, freshness=timedelta(minutes=30))
    paused = data.live_segment("paused", team, EVERYONE, freshness=timedelta(minutes=30))
    Segment.objects.update(upkeep=Segment.Upkeep.TIME)  # as if time moved somebody
    work()
    services.pause(segment=paused, actor=INSTALLATION)
    assert queue.enqueue_due() == 0
    Run.objects.update(as_of=clock.now() - timedelta(hours=1))
    assert list(due.due_segments()) == [stale]
    assert [queue.enqueue_due(), queue.enqueue_due()] == [1, 0]
    assert newest(stale).trigger == "schedule"
    assert newest(fresh).state == newest(paused).state == "succeeded"


def test_a_segment_that_is_asked_for_while_it_runs_runs_once_more(team: Team) -> None:
    segment = data.live_segment("all", team, EVERYONE)
    [run] = queue.claim_batch()
    for _ in range(2):
        services.request_recompute(segment=segment, actor=INSTALLATION)
    outcomes.fail(run, Failure("broken", "It is broken.", lasting=True))
    assert list(Run.objects.order_by("id").values_list("state", "trigger")) == [
        ("failed", "published"),
        ("queued", "manual"),
    ]


def test_a_version_published_during_a_run_is_computed_next(team: Team) -> None:
    data.make_profile("p1")
    segment = data.live_segment("all", team, EVERYONE)
    queue.claim_batch()
    data.publish(segment, {"not": EVERYONE})
    leases.fence_off(Run.objects.all())
    work()
    assert newest(segment).version.number == 2
    assert newest(segment).members == 0


@pytest.mark.parametrize("end", [services.pause, services.retire])
def test_a_run_of_a_segment_that_was_ended_meanwhile_writes_nothing(team: Team, end: object) -> None:
    segment = data.live_segment("all", team, EVERYONE)
    [run] = queue.claim_batch()
    assert callable(end)
    end(segment=segment, actor=INSTALLATION)
    with pytest.raises(leases.LeaseLostError):
        outcomes.fail(run, OUTAGE)
    assert newest(segment).state == "cancelled"
    assert newest(segment).failure == ""
