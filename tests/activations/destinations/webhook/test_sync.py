"""Real syncs by the engine against a receiver with every kind of fault (TARGETS R3)."""

import random
from datetime import timedelta

import pytest
from pytest_django import Settings

from accounts.actors import INSTALLATION
from activations import services
from activations.destinations.base_emulator import FAULTS
from activations.engine import runner, send
from activations.models import Activation, Delivery, SyncRun
from lib import clock
from lib.http.addresses import AllowList
from profiles.models import Profile
from tests.activations import building
from tests.activations.destinations.webhook.emulator import SECRET, Receiver

pytestmark = pytest.mark.django_db(transaction=True)
State = SyncRun.State

PEOPLE = 120
PER_MESSAGE = 5


@pytest.fixture
def people() -> list[Profile]:
    building.traits(plan="text")
    return [building.a_person(f"p{number}@a.io", plan="pro") for number in range(PEOPLE)]


@pytest.fixture
def activation(receiver: Receiver, people: list[Profile], monkeypatch: pytest.MonkeyPatch) -> Activation:
    monkeypatch.setattr(send, "RECORDS_AT_ONCE", PER_MESSAGE)
    segment = building.a_segment()
    building.has_members(segment, people)
    there = building.a_connection("webhook", "Hook", url=receiver.url, secret=SECRET)
    return building.an_activation(segment, there)


def sync(activation: Activation) -> SyncRun:
    """One run until it is done, its waits passed over."""
    run = services.request_sync(actor=INSTALLATION, activation=activation)
    while runner.perform(run.pk):
        run.refresh_from_db()
        if run.state != State.QUEUED:
            return run
        SyncRun.objects.filter(pk=run.pk).update(next_attempt_at=None)
    raise AssertionError(f"nobody could take {run}: {run.failure}")


def held(receiver: Receiver) -> dict[str, str]:
    return {key: entry["plan"] for key, entry in receiver.held.items()}


def test_the_receiver_has_the_audience_when_faults_stop(
    receiver: Receiver, activation: Activation, people: list[Profile], capsys: pytest.CaptureFixture[str]
) -> None:
    """Every kind of fault three times, over four runs with people who come, change and leave."""
    choice = random.Random(7)
    faults = list(FAULTS) * 3
    choice.shuffle(faults)
    audience, least = dict.fromkeys((f"p{n}@a.io" for n in range(PEOPLE)), "pro"), 0
    for number in range(4):
        receiver.faults = [faults.pop() for _ in range(min(8, len(faults)))]
        gone = {f"p{n}@a.io" for n in choice.sample(range(PEOPLE), 20 * number)}
        changed = {f"p{n}@a.io" for n in choice.sample(range(PEOPLE), 10 * number)}
        wanted = {
            f"p{n}@a.io": f"plan {number}" if f"p{n}@a.io" in changed else audience.get(f"p{n}@a.io", "pro")
            for n in range(PEOPLE)
            if f"p{n}@a.io" not in gone
        }
        Profile.objects.bulk_update(_with_plans(people, wanted), ["traits"])
        building.has_members(activation.segment, [person for n, person in enumerate(people) if f"p{n}@a.io" in wanted])
        before = {} if number == 0 else audience
        adds = sum(before.get(key) != plan for key, plan in wanted.items())
        removals = len(before.keys() - wanted.keys())
        least += -(-adds // PER_MESSAGE) - (-removals // PER_MESSAGE)
        run = sync(activation)
        assert (run.state, held(receiver)) == (State.SUCCEEDED, wanted)
        audience = wanted
    assert receiver.refused == []
    assert receiver.faulted == len(FAULTS) * 3
    assert set(Delivery.objects.values_list("state", flat=True)) == {"delivered"}
    calls = len(receiver.calls)
    with capsys.disabled():
        print(
            f"\nR3: {calls} calls, {least} messages needed and {receiver.faulted} faults, "
            f"{calls / (least + receiver.faulted):.2f} of the least; {receiver.repeated} known by their id"
        )
    assert calls <= 1.2 * (least + receiver.faulted)


def _with_plans(people: list[Profile], wanted: dict[str, str]) -> list[Profile]:
    for n, person in enumerate(people):
        person.traits = {"plan": wanted.get(f"p{n}@a.io", "pro")}
    return people


def test_what_flips_back_between_two_tries_arrives(
    receiver: Receiver, activation: Activation, people: list[Profile]
) -> None:
    """The third message says what the first said, but is not the first: another id, or the receiver would drop it."""
    building.has_members(activation.segment, people[:1])
    run = services.request_sync(actor=INSTALLATION, activation=activation)
    for plan, faults in (("a", ["cut_after"]), ("b", ["cut_after"]), ("a", [])):
        Profile.objects.filter(pk=people[0].pk).update(traits={"plan": plan})
        receiver.faults = list(faults)
        assert runner.perform(run.pk)
        SyncRun.objects.filter(pk=run.pk).update(next_attempt_at=None)
    assert held(receiver) == {"p0@a.io": "a"}
    assert len(receiver.seen) == 3


def test_who_leaves_comes_and_leaves_between_tries_is_gone(
    receiver: Receiver, activation: Activation, people: list[Profile]
) -> None:
    sync(activation)
    run = services.request_sync(actor=INSTALLATION, activation=activation)
    for members, faults in ((people[1:], ["cut_after"]), (people, ["cut_after"]), (people[1:], [])):
        building.has_members(activation.segment, members)
        receiver.faults = list(faults)
        assert runner.perform(run.pk)
        SyncRun.objects.filter(pk=run.pk).update(next_attempt_at=None)
    assert set(held(receiver)) == {f"p{number}@a.io" for number in range(1, PEOPLE)}
    assert receiver.repeated == 0


def test_a_retry_waits_as_long_as_the_receiver_asks(receiver: Receiver, activation: Activation) -> None:
    receiver.status, receiver.headers = 429, {"Retry-After": "600"}
    run = services.request_sync(actor=INSTALLATION, activation=activation)
    runner.perform(run.pk)
    run.refresh_from_db()
    assert (run.state, run.failure_code) == (State.QUEUED, "tool_unavailable")
    assert run.next_attempt_at is not None
    assert run.next_attempt_at - clock.now() > timedelta(seconds=590)
    assert "with 429" in run.failure
    assert "own words" not in run.failure


def test_retries_are_bounded(receiver: Receiver, activation: Activation) -> None:
    receiver.status = 500
    run = services.request_sync(actor=INSTALLATION, activation=activation)
    SyncRun.objects.filter(pk=run.pk).update(attempts=40, queued_at=clock.now() - timedelta(hours=37))
    assert runner.perform(run.pk)
    run.refresh_from_db()
    assert (run.state, run.failure_code, len(receiver.calls)) == (State.FAILED, "tool_unavailable", 1)


def test_an_endpoint_that_is_gone_stops_the_activation(receiver: Receiver, activation: Activation) -> None:
    receiver.status = 410
    run = sync(activation)
    activation.refresh_from_db()
    assert (run.state, activation.state, len(receiver.calls)) == (State.FAILED, Activation.State.STOPPED, 1)
    assert "wants no more messages" in activation.stopped_because


def test_a_key_that_is_missing_waits_for_the_operator(
    receiver: Receiver, activation: Activation, settings: Settings
) -> None:
    keys, settings.REGISTRY_SECRET_KEYS = settings.REGISTRY_SECRET_KEYS, []
    run = services.request_sync(actor=INSTALLATION, activation=activation)
    runner.perform(run.pk)
    run.refresh_from_db()
    activation.refresh_from_db()
    assert (run.state, run.failure_code, activation.state) == (State.QUEUED, "secrets_unreadable", "active")
    assert "Set REGISTRY_SECRET_KEYS" in run.failure
    settings.REGISTRY_SECRET_KEYS = keys
    assert sync(activation).state == State.SUCCEEDED


def test_an_address_that_is_no_longer_allowed_stops_the_activation(
    receiver: Receiver, activation: Activation, settings: Settings
) -> None:
    settings.OUTBOUND_ALLOW = AllowList()
    run = sync(activation)
    activation.refresh_from_db()
    assert (run.failure_code, activation.state, receiver.calls) == ("misconfigured", Activation.State.STOPPED, [])
