"""One sync after another: what is sent, what is on record, what is counted."""

import pytest
from django.core.exceptions import ValidationError
from pytest_django import Settings

from accounts.actors import INSTALLATION
from activations import services
from activations.engine import runner
from activations.models import Activation, Delivery, SyncRun
from lib import clock
from profiles.models import Identity, Profile
from segments.models import Run, Segment
from tests.activations import building, reading

pytestmark = pytest.mark.django_db(transaction=True)
State = SyncRun.State


@pytest.fixture
def segment() -> Segment:
    building.traits(plan="text", seats="number")
    return building.a_segment()


def sync(activation: Activation) -> SyncRun:
    run = services.request_sync(actor=INSTALLATION, activation=activation)
    assert runner.perform(run.pk)
    run.refresh_from_db()
    return run


def counts(run: SyncRun) -> tuple[int, ...]:
    return (run.added, run.updated, run.removed, run.unchanged, run.rejected, run.skipped)


def test_everyone_is_new_at_first_and_then_only_changes_are_sent(segment: Segment, settings: Settings) -> None:
    ann, bob, cid = (building.a_person(f"{name}@a.io", plan="pro") for name in ("ann", "bob", "cid"))
    building.has_members(segment, [ann, bob, cid])
    activation = building.an_activation(segment)
    first = sync(activation)
    assert (first.state, counts(first)) == (State.SUCCEEDED, (3, 0, 0, 0, 0, 0))
    assert [step["left"] for step in first.funnel] == [3, 3, 3]

    Profile.objects.filter(pk=ann.pk).update(traits={"plan": "free"})
    dan = building.a_person("dan@a.io")
    building.has_members(segment, [ann, cid, dan])
    second = sync(activation)
    assert (second.state, counts(second)) == (State.SUCCEEDED, (1, 1, 1, 1, 0, 0))
    out = settings.EXPORTS / "out"
    assert reading.applied(out) == {
        "ann@a.io": ["ann@a.io", "free"], "cid@a.io": ["cid@a.io", "pro"], "dan@a.io": ["dan@a.io", ""],
    }  # fmt: skip
    added, removed = reading.manifests(out)[1]["files"]
    assert [row[0] for row in reading.table(out, added)] == ["email", "ann@a.io", "dan@a.io"]
    assert reading.table(out, removed) == [["email"], ["bob@a.io"]]


def test_a_run_without_changes_writes_nothing(segment: Segment, settings: Settings) -> None:
    building.has_members(segment, [building.a_person("ann@a.io")])
    activation = building.an_activation(segment)
    sync(activation)
    before = sorted((settings.EXPORTS / "out").iterdir())
    again = sync(activation)
    assert (again.state, counts(again)) == (State.SUCCEEDED, (0, 0, 0, 1, 0, 0))
    assert sorted((settings.EXPORTS / "out").iterdir()) == before


def test_the_whole_audience_is_written_each_time_where_that_is_asked(segment: Segment, settings: Settings) -> None:
    ann, bob = building.a_person("ann@a.io", plan="pro"), building.a_person("bob@a.io")
    building.has_members(segment, [ann, bob])
    activation = building.an_activation(segment, mode="replace")
    sync(activation)
    building.has_members(segment, [ann])
    second = sync(activation)
    assert counts(second) == (0, 0, 1, 1, 0, 0)
    [entry] = reading.manifests(settings.EXPORTS / "out")[1]["files"]
    assert reading.table(settings.EXPORTS / "out", entry) == [["email", "plan"], ["ann@a.io", "pro"]]


def test_members_without_the_identifier_are_counted_in_the_funnel(segment: Segment) -> None:
    building.has_members(segment, [building.a_person("ann@a.io"), building.a_person(), 999_999])
    run = sync(building.an_activation(segment))
    assert run.funnel == [
        {"step": "members", "label": "members", "left": 3},
        {"step": "identifier", "label": "with email", "left": 1},
        {"step": "suppressed", "label": "not suppressed", "left": 1},
    ]
    assert counts(run) == (1, 0, 0, 0, 0, 0)


def test_a_changed_address_removes_the_stored_one(segment: Segment, settings: Settings) -> None:
    ann = building.a_person("ann@old.io", plan="pro")
    building.has_members(segment, [ann])
    activation = building.an_activation(segment)
    sync(activation)
    ann.identities.update(value="ann@new.io")
    run = sync(activation)
    assert counts(run) == (1, 0, 1, 0, 0, 0)
    assert reading.applied(settings.EXPORTS / "out") == {"ann@new.io": ["ann@new.io", "pro"]}
    assert list(Delivery.objects.values_list("key", "state")) == [("ann@new.io", "delivered")]


def test_an_address_that_another_member_has_now_is_not_removed(segment: Segment, settings: Settings) -> None:
    ann, bob = building.a_person("shared@a.io"), building.a_person("bob@a.io")
    building.has_members(segment, [ann, bob])
    activation = building.an_activation(segment)
    sync(activation)
    ann.identities.all().delete()
    bob.identities.update(value="shared@a.io")
    sync(activation)
    assert set(reading.applied(settings.EXPORTS / "out")) == {"shared@a.io"}
    removed = reading.manifests(settings.EXPORTS / "out")[1]["files"][1]
    assert reading.table(settings.EXPORTS / "out", removed) == [["email"], ["bob@a.io"]]
    assert list(Delivery.objects.values_list("member", "key")) == [(bob.pk, "shared@a.io")]


def test_two_members_can_swap_addresses(segment: Segment, settings: Settings) -> None:
    ann, bob = building.a_person("one@a.io", plan="ann"), building.a_person("two@a.io", plan="bob")
    building.has_members(segment, [ann, bob])
    activation = building.an_activation(segment)
    sync(activation)
    ann.identities.update(value="aside")
    bob.identities.update(value="one@a.io")
    ann.identities.update(value="two@a.io")
    sync(activation)
    held = reading.applied(settings.EXPORTS / "out")
    assert held == {"one@a.io": ["one@a.io", "bob"], "two@a.io": ["two@a.io", "ann"]}
    assert Delivery.objects.count() == 2


def test_a_refused_record_is_told_and_tried_again_only_when_it_changed(segment: Segment, settings: Settings) -> None:
    ann, bad = building.a_person("ann@a.io"), building.a_person("bad\n@a.io", plan="pro")
    building.has_members(segment, [ann, bad])
    activation = building.an_activation(segment)
    first = sync(activation)
    assert (first.state, counts(first)) == (State.PARTIAL, (1, 0, 0, 0, 1, 0))
    row = Delivery.objects.get(member=bad.pk)
    assert row.state == Delivery.State.REJECTED
    assert "control characters" in row.reason
    [manifest] = reading.manifests(settings.EXPORTS / "out")
    rejects = reading.table(settings.EXPORTS / "out", manifest["files"][2])
    assert rejects == [["email", "reason"], ["bad\n@a.io", row.reason]]

    second = sync(activation)
    assert (second.state, counts(second)) == (State.SUCCEEDED, (0, 0, 0, 1, 0, 1))
    bad.identities.update(value="good@a.io")
    third = sync(activation)
    assert (third.state, counts(third)) == (State.SUCCEEDED, (1, 0, 0, 1, 0, 0))
    assert not Delivery.objects.filter(state=Delivery.State.REJECTED).exists()


def test_a_refused_change_leaves_the_person_on_record_as_present(segment: Segment, settings: Settings) -> None:
    ann, bob = building.a_person("ann@a.io", seats=1), building.a_person("bob@a.io", seats=2)
    building.has_members(segment, [ann, bob])
    columns = [{"to": "email", "identifier": "email"}, {"to": "seats", "trait": "seats"}]
    activation = building.an_activation(segment, columns=columns)
    sync(activation)
    Profile.objects.filter(pk=ann.pk).update(traits={"seats": "many"})
    assert counts(sync(activation)) == (0, 0, 0, 1, 1, 0)
    building.has_members(segment, [bob])
    sync(activation)
    assert set(reading.applied(settings.EXPORTS / "out")) == {"bob@a.io"}
    assert list(Delivery.objects.values_list("key", "state")) == [("bob@a.io", "delivered")]


def test_a_new_mapping_sends_everybody_anew(segment: Segment, settings: Settings) -> None:
    building.has_members(segment, [building.a_person("ann@a.io", plan="pro", seats=3)])
    activation = building.an_activation(segment)
    sync(activation)
    columns = [{"to": "Mail", "identifier": "email"}, {"to": "Seats", "trait": "seats"}]
    services.update_activation(actor=INSTALLATION, activation=activation, columns=columns)
    assert counts(sync(activation)) == (0, 1, 0, 0, 0, 0)
    assert reading.applied(settings.EXPORTS / "out") == {"ann@a.io": ["ann@a.io", "3"]}


def test_the_first_identifier_stays_once_people_were_sent(segment: Segment) -> None:
    building.has_members(segment, [building.a_person("ann@a.io")])
    activation = building.an_activation(segment)
    sync(activation)
    with pytest.raises(ValidationError, match="Make a new activation"):
        services.update_activation(
            actor=INSTALLATION, activation=activation, columns=[{"to": "id", "identifier": "external_id"}]
        )


def test_a_person_with_two_addresses_is_sent_with_the_first(segment: Segment, settings: Settings) -> None:
    ann = building.a_person("first@a.io")
    Identity.objects.create(profile=ann, kind="email", value="second@a.io")
    building.has_members(segment, [ann])
    assert counts(sync(building.an_activation(segment))) == (1, 0, 0, 0, 0, 0)
    assert set(reading.applied(settings.EXPORTS / "out")) == {"first@a.io"}


def test_companies_are_sent_by_their_external_id(settings: Settings) -> None:
    building.traits("company", **{"0": "number"})
    segment = building.a_segment("big", unit="company")
    building.has_members(segment, [building.a_company("acme", **{"0": 12.5}), building.a_company("beta")])
    columns = [{"to": "size", "trait": "0"}, {"to": "id", "identifier": "external_id"}]
    run = sync(building.an_activation(segment, columns=columns))
    assert run.state == State.SUCCEEDED
    assert reading.applied(settings.EXPORTS / "out", key=1) == {"acme": ["12.5", "acme"], "beta": ["", "beta"]}


def test_a_run_that_would_remove_too_many_stops_and_asks(segment: Segment, settings: Settings) -> None:
    people = [building.a_person(f"p{number}@a.io") for number in range(10)]
    building.has_members(segment, people)
    activation = building.an_activation(segment, removal_limit=20)
    sync(activation)
    building.has_members(segment, people[3:])
    run = sync(activation)
    assert run.state == State.WAITING
    assert "would remove 3 of the 10" in run.failure
    assert len(reading.applied(settings.EXPORTS / "out")) == 10

    services.confirm_removal(actor=INSTALLATION, run=run)
    assert runner.perform(run.pk)
    run.refresh_from_db()
    assert (run.state, counts(run)) == (State.SUCCEEDED, (0, 0, 3, 7, 0, 0))
    assert len(reading.applied(settings.EXPORTS / "out")) == 7


def test_a_share_at_the_limit_passes(segment: Segment) -> None:
    people = [building.a_person(f"p{number}@a.io") for number in range(10)]
    building.has_members(segment, people)
    activation = building.an_activation(segment, removal_limit=20)
    sync(activation)
    building.has_members(segment, people[2:])
    assert sync(activation).state == State.SUCCEEDED


def test_a_confirmation_is_for_as_many_as_it_named(segment: Segment) -> None:
    people = [building.a_person(f"p{number}@a.io") for number in range(10)]
    building.has_members(segment, people)
    activation = building.an_activation(segment, removal_limit=20)
    sync(activation)
    building.has_members(segment, people[3:])
    run = sync(activation)
    services.confirm_removal(actor=INSTALLATION, run=run)
    building.has_members(segment, people[8:])
    runner.perform(run.pk)
    run.refresh_from_db()
    assert run.state == State.WAITING
    assert "would remove 8" in run.failure


def test_a_later_sync_takes_the_place_of_one_that_waits(segment: Segment) -> None:
    people = [building.a_person(f"p{number}@a.io") for number in range(10)]
    building.has_members(segment, people)
    activation = building.an_activation(segment, removal_limit=20)
    sync(activation)
    building.has_members(segment, [])
    waiting = sync(activation)
    building.has_members(segment, people)
    assert sync(activation).state == State.SUCCEEDED
    waiting.refresh_from_db()
    assert waiting.state == State.CANCELLED
    with pytest.raises(ValidationError, match="does not wait"):
        services.confirm_removal(actor=INSTALLATION, run=waiting)


def test_a_broken_segment_still_gives_its_last_good_members_and_their_age(segment: Segment) -> None:
    building.has_members(segment, [building.a_person("ann@a.io")])
    assert segment.published is not None
    Run.objects.create(
        segment=segment,
        version=segment.published,
        trigger="manual",
        state=Run.State.FAILED,
        failure="No space.",
        finished_at=clock.now(),
    )
    run = sync(building.an_activation(segment))
    assert (run.state, run.added) == (State.SUCCEEDED, 1)
    assert "last run of 'vip' failed (No space.)" in run.note


def test_a_segment_that_was_never_computed_is_refused(segment: Segment) -> None:
    activation = building.an_activation(segment)
    with pytest.raises(ValidationError, match="never been computed"):
        services.request_sync(actor=INSTALLATION, activation=activation)
    assert not SyncRun.objects.exists()


def test_a_retired_segment_stops_its_activation(segment: Segment) -> None:
    building.has_members(segment, [building.a_person("ann@a.io")])
    activation = building.an_activation(segment)
    run = services.request_sync(actor=INSTALLATION, activation=activation)
    Segment.objects.filter(pk=segment.pk).update(state=Segment.State.RETIRED)
    runner.perform(run.pk)
    run.refresh_from_db()
    activation.refresh_from_db()
    assert (run.state, run.failure_code) == (State.FAILED, "segment_retired")
    assert activation.state == Activation.State.STOPPED
    assert "retired" in activation.stopped_because


def test_a_folder_outside_the_exports_stops_the_activation(segment: Segment, settings: Settings) -> None:
    building.has_members(segment, [building.a_person("ann@a.io")])
    activation = building.an_activation(segment, building.a_connection(folder="../elsewhere"))
    run = sync(activation)
    assert (run.state, run.failure_code) == (State.FAILED, "misconfigured")
    assert "not below the exports folder" in run.failure
    assert not (settings.EXPORTS.parent / "elsewhere").exists()
    with pytest.raises(ValidationError, match="Resume it first"):
        services.request_sync(actor=INSTALLATION, activation=activation)


def test_a_paused_activation_runs_nothing(segment: Segment, settings: Settings) -> None:
    building.has_members(segment, [building.a_person("ann@a.io")])
    activation = building.an_activation(segment)
    run = services.request_sync(actor=INSTALLATION, activation=activation)
    services.pause(actor=INSTALLATION, activation=activation)
    runner.perform(run.pk)
    run.refresh_from_db()
    assert run.state == State.CANCELLED
    assert not settings.EXPORTS.exists()
    services.resume(actor=INSTALLATION, activation=activation)
    assert sync(activation).state == State.SUCCEEDED
