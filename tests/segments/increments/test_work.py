"""Signals become members: of the right segments, of the right people, once."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from pyroaring import BitMap64

from accounts.actors import INSTALLATION
from accounts.models import Team
from lib import clock, leases
from profiles import signals as noting
from profiles.changes import mark_companies, mark_profiles
from profiles.models import EventType, Profile, Signal
from segments import membership, services
from segments.increments import closing
from segments.models import MicroBatch, Run, RunChange, Segment, SignalReader
from segments.runs import due, queue
from segments.runs.work import work
from tests.segments import data
from tests.segments.increments.conftest import take
from tests.segments.increments.worlds import meanwhile

pytestmark = pytest.mark.django_db(transaction=True)

PAID = {"trait": "plan", "op": "eq", "value": "paid"}
BUYER = {"event": "ordered"}
TOP = {"trait": "score", "op": "top_percent", "value": 50}


def counted(key: str, team: Team, rule: dict[str, Any], **fields: Any) -> Segment:
    """A live segment that has been counted, and no signals left."""
    segment = data.live_segment(key, team, rule, **fields)
    work()
    take()
    return segment


def members(segment: Segment) -> set[int]:
    return set(membership.load(segment.pk))


def test_an_event_moves_its_person_into_the_segment_and_the_run_says_so(team: Team, ordered: EventType) -> None:
    ann, bob = data.make_profile("ann"), data.make_profile("bob")
    segment = counted("buyers", team, BUYER)
    batches = MicroBatch.objects.count()

    data.make_event(ordered, ann)
    assert take() == 1

    assert members(segment) == {ann.pk}
    assert bob.pk not in members(segment)
    run = Run.objects.get(trigger="signals")
    assert (run.state, run.members, run.entered, run.left, run.version) == ("succeeded", 1, 1, 0, segment.published)
    assert run.batch is not None
    assert (run.batch.signals, run.batch.profiles, run.batch.segments, run.batch.changed) == (1, 1, 1, 1)
    assert MicroBatch.objects.count() == batches + 1
    assert not Signal.objects.exists()


def test_only_segments_that_the_change_concerns_are_looked_at(team: Team, ordered: EventType) -> None:
    ann = data.make_profile("ann", plan="free")
    counted("buyers", team, BUYER)
    paid = counted("paid", team, PAID)

    Profile.objects.filter(pk=ann.pk).update(traits={"plan": "paid"})
    mark_profiles([ann.pk], ["plan"])
    take()

    assert members(paid) == {ann.pk}
    assert MicroBatch.objects.latest("pk").segments == 1


def test_a_micro_batch_that_changes_nobody_has_no_runs_below_it(team: Team) -> None:
    ann = data.make_profile("ann", plan="paid")
    counted("paid", team, PAID)
    runs = Run.objects.count()

    mark_profiles([ann.pk])
    take()

    batch = MicroBatch.objects.latest("pk")
    assert (batch.segments, batch.changed, Run.objects.count()) == (1, 0, runs)


def test_whoever_moves_is_counted_where_they_came_from_and_where_they_went(team: Team) -> None:
    acme, tiny = data.make_company("acme"), data.make_company("tiny")
    ann = data.make_profile("ann", company=acme, plan="paid")
    companies = counted("paying", team, {"people": PAID}, unit="company")
    colleagues = counted("colleagues", team, {"company": {"people": PAID}})
    bob = data.make_profile("bob", company=tiny)
    take()
    assert (members(companies), members(colleagues)) == ({acme.pk}, {ann.pk})

    Profile.objects.filter(pk=ann.pk).update(company=tiny)
    mark_profiles([ann.pk])
    take()

    assert (members(companies), members(colleagues)) == ({tiny.pk}, {ann.pk, bob.pk})


def test_a_trait_of_a_company_moves_its_people(team: Team) -> None:
    acme = data.make_company("acme", size=250.0)
    ann = data.make_profile("ann", company=acme)
    large = counted("large", team, {"trait": "company.size", "op": "gte", "value": 100})
    assert members(large) == {ann.pk}

    acme.traits = {"size": 3.0}
    acme.save()
    mark_companies([acme.pk], ["size"])
    take()

    assert members(large) == set()


def test_references_and_diamonds_follow_in_the_same_micro_batch(team: Team, ordered: EventType) -> None:
    ann = data.make_profile("ann", plan="paid")
    buyers = counted("buyers", team, BUYER)
    left = counted("left", team, {"all": [{"segment": "buyers"}, PAID]})
    right = counted("right", team, {"not": {"segment": "buyers"}})
    top = counted("top", team, {"any": [{"segment": "left"}, {"segment": "right"}]})
    assert (members(buyers), members(left), members(right), members(top)) == (set(), set(), {ann.pk}, {ann.pk})

    data.make_event(ordered, ann)
    assert take() == 1

    assert (members(buyers), members(left), members(right), members(top)) == ({ann.pk}, {ann.pk}, set(), {ann.pk})


def test_who_ranks_everybody_is_counted_at_its_promise_and_says_so(team: Team) -> None:
    for name, score in (("ann", 1.0), ("bob", 2.0)):
        data.make_profile(name, score=score)
    top = counted("top", team, TOP, freshness=timedelta(minutes=15))
    behind = counted("behind", team, {"segment": "top"}, freshness=timedelta(minutes=15))
    before = members(top)

    cat = data.make_profile("cat", score=3.0)
    take()
    assert (members(top), members(behind)) == (before, before)
    assert (top.upkeep, behind.upkeep) == ("promise", "promise")

    Run.objects.update(as_of=clock.now() - timedelta(minutes=16))
    assert {segment.key for segment in due.due_segments()} == {"top", "behind"}
    queue.enqueue_due()
    work()
    assert cat.pk in members(top)
    assert members(top) == members(behind)


def test_an_event_to_come_counts_from_its_moment_on(team: Team, ordered: EventType) -> None:
    ann = data.make_profile("ann")
    buyers = counted("buyers", team, BUYER)
    data.make_event(ordered, ann, clock.now() + timedelta(hours=1))
    assert take() == 0

    with connection.cursor() as cursor:  # an hour later
        cursor.execute("UPDATE profiles_signal SET due_at = due_at - interval '1 hour'")
        cursor.execute("UPDATE profiles_tailevent SET timestamp = timestamp - interval '1 hour'")
    assert take() == 1

    assert members(buyers) == {ann.pk}


def test_much_that_changes_at_once_is_counted_anew_at_the_promise(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noting, "MOST_NAMED", 1)
    ann, bob = data.make_profile("ann", plan="free"), data.make_profile("bob", plan="free")
    paid = counted("paid", team, PAID)

    Profile.objects.update(traits={"plan": "paid"})
    mark_profiles([ann.pk, bob.pk])
    take()

    run = Run.objects.get(state="queued")
    last = due.full_runs().filter(state="succeeded")[0].as_of
    assert last is not None
    assert (run.trigger, run.next_attempt_at) == ("many", last + paid.freshness)
    assert MicroBatch.objects.latest("pk").recounted == 1
    Run.objects.filter(pk=run.pk).update(next_attempt_at=None)
    work()
    assert members(paid) == {ann.pk, bob.pk}


def test_a_change_that_reaches_too_many_colleagues_is_counted_anew(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing, "MOST_REACHED", 2)
    acme = data.make_company("acme")
    people = [data.make_profile(name, company=acme) for name in ("ann", "bob", "cat")]
    counted("colleagues", team, {"company": {"people": PAID}})
    paid = counted("paid", team, PAID)

    data.change_traits(people[0], plan="paid")
    take()

    assert members(paid) == {people[0].pk}
    assert Run.objects.get(state="queued").segment.key == "colleagues"


def test_an_increment_during_a_run_of_everybody_is_not_undone_by_it(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob = data.make_profile("ann", plan="paid"), data.make_profile("bob", plan="free")
    paid = counted("paid", team, PAID)

    def change() -> None:
        data.change_traits(ann, plan="free")
        data.change_traits(bob, plan="paid")
        assert take() == 1

    meanwhile(monkeypatch, "runs.evaluated", change)
    services.request_recompute(segment=paid, actor=INSTALLATION)
    work()

    assert members(paid) == {bob.pk}
    full = due.full_runs()[0]
    assert (full.state, full.members, full.entered, full.left, full.touched) == ("succeeded", 1, 0, 0, None)
    assert membership.at_run(full) == BitMap64([bob.pk])


def test_a_run_of_everybody_that_is_stored_meanwhile_is_newer_than_the_increment(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = data.make_profile("ann", plan="free")
    paid = counted("paid", team, PAID)

    def recount() -> None:
        services.request_recompute(segment=paid, actor=INSTALLATION)
        work()

    meanwhile(monkeypatch, "signals.evaluated", recount)
    data.change_traits(ann, plan="paid")
    take()

    assert members(paid) == {ann.pk}
    assert not Run.objects.filter(trigger="signals").exists()


def test_signals_during_the_first_run_of_a_version_are_followed_by_another(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = data.make_profile("ann", plan="free")
    take()
    paid = data.live_segment("paid", team, PAID)

    def change() -> None:
        data.change_traits(ann, plan="paid")
        take()

    meanwhile(monkeypatch, "runs.evaluated", change)
    work()

    assert members(paid) == {ann.pk}
    assert [run.trigger for run in due.full_runs()] == ["many", "published"]


def test_a_reader_that_lost_its_lease_writes_nothing(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = data.make_profile("ann", plan="free")
    paid = counted("paid", team, PAID)

    def take_over() -> None:
        leases.fence_off(SignalReader.objects.all())

    meanwhile(monkeypatch, "signals.evaluated", take_over)
    data.change_traits(ann, plan="paid")
    batches = MicroBatch.objects.count()
    assert take() == 0

    assert (members(paid), Signal.objects.count(), MicroBatch.objects.count()) == (set(), 1, batches)
    monkeypatch.undo()
    assert take() == 1
    assert members(paid) == {ann.pk}


def test_two_readers_take_nothing_twice(team: Team) -> None:
    ann = data.make_profile("ann", plan="free")
    paid = counted("paid", team, PAID)
    data.change_traits(ann, plan="paid")

    [reader] = leases.claim(SignalReader.objects.all(), seconds=60)
    assert take() == 0
    leases.release(reader)
    assert take() == 1

    assert members(paid) == {ann.pk}
    assert RunChange.objects.filter(run__trigger="signals").count() == 1


def test_a_paused_segment_is_left_alone_and_counted_when_it_is_resumed(team: Team) -> None:
    ann = data.make_profile("ann", plan="free")
    paid = counted("paid", team, PAID)
    services.pause(segment=paid, actor=INSTALLATION)
    data.change_traits(ann, plan="paid")
    take()
    assert members(paid) == set()

    services.resume(segment=paid, actor=INSTALLATION)
    work()

    assert members(paid) == {ann.pk}
