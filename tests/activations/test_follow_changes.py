"""Activations that follow changes: who comes or goes is sent at once, and nobody else is looked at."""

import pytest

from accounts.actors import INSTALLATION
from activations import scheduling, services, tasks
from activations.engine import runner
from activations.models import Activation, Delivery, SyncRun
from lib import clock
from profiles.models import Identity, Profile
from segments.models import Segment
from tests.activations import building

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> list[Profile]:
    building.traits(plan="text")
    return [building.a_person(f"p{number}@a.io", plan="pro") for number in range(6)]


@pytest.fixture
def segment(people: list[Profile]) -> Segment:
    made = building.a_segment()
    building.has_members(made, people[:4])
    return made


@pytest.fixture
def activation(segment: Segment) -> Activation:
    """Synced once, with the first four people."""
    made = building.an_activation(segment, schedule="change")
    scheduling.queue_due()
    sync()
    return made


def sync() -> list[SyncRun]:
    """Work on all runs that wait; answers them."""
    runs = list(runner.workable())
    for run in runs:
        runner.perform(run.pk)
        run.refresh_from_db()
    return runs


def delivered(activation: Activation) -> set[str]:
    return set(Delivery.objects.filter(activation=activation).values_list("key", flat=True))


def test_who_comes_and_who_goes_is_sent_and_nobody_else_is_compared(
    activation: Activation, segment: Segment, people: list[Profile]
) -> None:
    Profile.objects.filter(pk=people[1].pk).update(traits={"plan": "free"})
    building.has_members(segment, [*people[1:4], people[4]])

    assert [run.trigger for run in scheduling.queue_changed()] == ["change"]
    [run] = sync()

    assert (run.state, run.added, run.removed, run.updated, run.unchanged) == ("succeeded", 1, 1, 0, 0)
    assert run.funnel[0] == {"step": "changed", "label": "came or went", "left": 2}
    assert delivered(activation) == {"p1@a.io", "p2@a.io", "p3@a.io", "p4@a.io"}


def test_nothing_is_queued_twice_for_one_change_nor_where_nothing_changed(
    activation: Activation, segment: Segment, people: list[Profile]
) -> None:
    assert scheduling.queue_changed() == []

    building.has_members(segment, people)
    assert len(scheduling.queue_changed()) == 1
    assert scheduling.queue_changed() == []
    sync()
    assert scheduling.queue_changed() == []


def test_changes_during_a_sync_are_sent_by_the_next(
    activation: Activation, segment: Segment, people: list[Profile]
) -> None:
    building.has_members(segment, people[:5])
    [run] = scheduling.queue_changed()
    runner.perform(run.pk)
    building.has_members(segment, people)

    tasks.follow_changes()
    sync()

    assert delivered(activation) == {f"p{number}@a.io" for number in range(6)}


def test_changes_of_a_sync_that_failed_are_sent_with_the_next_changes(
    activation: Activation, segment: Segment, people: list[Profile]
) -> None:
    building.has_members(segment, people[:5])
    [run] = scheduling.queue_changed()
    SyncRun.objects.filter(pk=run.pk).update(state="failed", finished_at=clock.now())

    assert len(scheduling.queue_changed()) == 1
    sync()

    assert "p4@a.io" in delivered(activation)


def test_a_key_that_somebody_else_still_has_is_not_removed_over_there(
    activation: Activation, segment: Segment, people: list[Profile]
) -> None:
    Identity.objects.filter(profile=people[4]).delete()
    Delivery.objects.filter(member=people[1].pk).update(key="p0@a.io")
    building.has_members(segment, people[1:4])
    scheduling.queue_changed()

    [run] = sync()

    assert run.removed == 0
    assert list(Delivery.objects.filter(key="p0@a.io").values_list("member", flat=True)) == [people[1].pk]


def test_the_limit_of_removals_holds_for_changes_too(
    activation: Activation, segment: Segment, people: list[Profile]
) -> None:
    services.update_activation(actor=INSTALLATION, activation=activation, removal_limit=20)
    building.has_members(segment, people[:3])
    scheduling.queue_changed()

    [run] = sync()

    assert (run.state, run.failure_code, run.removals_planned) == ("waiting", "too_many_removals", 1)
    assert len(delivered(activation)) == 4


def test_everything_is_compared_anew_from_time_to_time(
    activation: Activation, segment: Segment, people: list[Profile]
) -> None:
    Profile.objects.filter(pk=people[1].pk).update(traits={"plan": "free"})
    Activation.objects.update(next_due=clock.now())

    scheduling.queue_due()
    [run] = sync()

    assert (run.trigger, run.updated, run.unchanged) == ("schedule", 1, 3)
