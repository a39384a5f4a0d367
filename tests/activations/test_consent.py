"""I9: nobody suppressed or without the channel's consent is sent, and whoever withdraws is forgotten by the tools."""

import random
import time
from threading import Thread
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from accounts.actors import INSTALLATION
from activations import scheduling, services
from activations.destinations.base import MisconfiguredError, TransientError
from activations.engine import ledger, runner, send
from activations.models import Activation, Delivery, SyncRun
from lib import failpoints
from profiles.models import EVERY_CHANNEL, Profile
from profiles.services import lift_suppression, set_consent, suppress
from segments.models import Segment
from tests.activations import building, pretend
from tests.activations.conftest import Drop

pytestmark = pytest.mark.django_db(transaction=True)
State = SyncRun.State


@pytest.fixture
def segment(drop: Drop) -> Segment:
    pretend.SHELF.clear()
    pretend.FAULTS.clear()
    pretend.REMOVAL_FAULTS.clear()
    drop("pretend", pretend.KEYED)
    building.traits(plan="text")
    return building.a_segment()


def people(count: int, start: int = 0) -> list[Profile]:
    return [building.a_person(f"p{start + number}@a.io", plan="pro") for number in range(count)]


def agree(*who: Profile, state: str = "granted") -> None:
    for person in who:
        set_consent(actor=INSTALLATION, profile=person, states={"email": state}, source="test")


def by_email(segment: Segment, **fields: Any) -> Activation:
    there = building.a_connection("pretend", "Pretend")
    return building.an_activation(segment, there, **({"channel": "email"} | fields))


def sync(activation: Activation) -> SyncRun:
    run = services.request_sync(actor=INSTALLATION, activation=activation)
    assert runner.perform(run.pk)
    run.refresh_from_db()
    return run


def settle() -> None:
    """Work until nothing is left to do, waits passed over."""
    while scheduling.queue_revoked() or SyncRun.objects.filter(state__in=SyncRun.WORKABLE).exists():
        SyncRun.objects.filter(state=State.QUEUED).update(next_attempt_at=None)
        for run in runner.workable():
            runner.perform(run.pk)


def test_the_funnel_counts_everyone_whom_a_step_holds_back(segment: Segment) -> None:
    ann, bob, cid, dan = people(4)
    nameless = building.a_person()
    agree(ann, bob, cid)
    suppress(actor=INSTALLATION, profile=bob, channel="email", reason="bounced", source="test")
    suppress(actor=INSTALLATION, profile=cid, channel="sms", reason="asked", source="test")
    building.has_members(segment, [ann, bob, cid, dan, nameless])
    run = sync(by_email(segment))
    assert [(step["label"], step["left"]) for step in run.funnel] == [
        ("members", 5), ("with email", 4), ("not suppressed", 3), ("who agreed to e-mail", 2),
    ]  # fmt: skip
    assert set(pretend.SHELF) == {"p0@a.io", "p2@a.io"}
    assert run.added == 2


def test_a_tool_of_our_own_gets_all_but_those_whom_nobody_may_contact(segment: Segment) -> None:
    ann, bob, cid = people(3)
    suppress(actor=INSTALLATION, profile=bob, channel=EVERY_CHANNEL, reason="asked", source="test")
    suppress(actor=INSTALLATION, profile=cid, channel="email", reason="asked", source="test")
    building.has_members(segment, [ann, bob, cid])
    sync(by_email(segment, channel=""))
    assert set(pretend.SHELF) == {"p0@a.io", "p2@a.io"}


def test_who_withdraws_is_removed_without_waiting_for_the_schedule_or_a_confirmation(segment: Segment) -> None:
    ann, bob = people(2)
    agree(ann, bob)
    building.has_members(segment, [ann, bob])
    activation = by_email(segment, removal_limit=0)
    sync(activation)
    agree(ann, state="denied")
    assert Delivery.objects.get(key="p0@a.io").state == Delivery.State.REMOVING
    [run] = scheduling.queue_revoked()
    assert runner.perform(run.pk)
    run.refresh_from_db()
    assert (run.state, run.trigger, run.removed) == (State.SUCCEEDED, "consent", 1)
    assert (set(pretend.SHELF), scheduling.queue_revoked()) == ({"p1@a.io"}, [])


def test_a_removal_that_failed_goes_out_once_the_tool_is_mended_though_nobody_asks_for_a_sync(
    segment: Segment,
) -> None:
    ann, bob = people(2)
    agree(ann, bob)
    building.has_members(segment, [ann, bob])
    activation = by_email(segment, schedule="manual")
    sync(activation)
    agree(ann, state="denied")
    pretend.REMOVAL_FAULTS.append(MisconfiguredError("The key is wrong."))
    [run] = scheduling.queue_revoked()
    assert runner.perform(run.pk)
    run.refresh_from_db()
    activation.refresh_from_db()
    assert (run.state, activation.state) == (State.FAILED, Activation.State.STOPPED)
    assert (scheduling.queue_revoked(), set(pretend.SHELF)) == ([], {"p0@a.io", "p1@a.io"})
    services.resume(actor=INSTALLATION, activation=activation)
    [after] = scheduling.queue_revoked()
    assert runner.perform(after.pk)
    assert (set(pretend.SHELF), scheduling.queue_revoked()) == ({"p1@a.io"}, [])


def test_who_may_be_contacted_again_comes_back_with_the_next_sync(segment: Segment) -> None:
    [ann] = people(1)
    agree(ann)
    building.has_members(segment, [ann])
    activation = by_email(segment)
    sync(activation)
    suppress(actor=INSTALLATION, profile=ann, channel=EVERY_CHANNEL, reason="asked", source="test")
    settle()
    assert pretend.SHELF == {}
    lift_suppression(actor=INSTALLATION, profile=ann, channel=EVERY_CHANNEL, reason="asked", source="test")
    sync(activation)
    assert set(pretend.SHELF) == {"p0@a.io"}


def test_where_nobody_is_removed_for_leaving_who_withdraws_still_is(segment: Segment) -> None:
    ann, bob = people(2)
    agree(ann, bob)
    building.has_members(segment, [ann, bob])
    activation = by_email(segment, mode="update")
    sync(activation)
    building.has_members(segment, [])
    sync(activation)
    assert set(pretend.SHELF) == {"p0@a.io", "p1@a.io"}
    agree(ann, state="denied")
    sync(activation)
    assert set(pretend.SHELF) == {"p1@a.io"}


def test_an_answer_that_comes_after_the_withdrawal_does_not_bring_a_person_back(
    segment: Segment, monkeypatch: pytest.MonkeyPatch
) -> None:
    [ann] = people(1)
    agree(ann)
    building.has_members(segment, [ann])
    activation = by_email(segment)
    reach = failpoints.reach
    withdraw = iter([lambda: agree(ann, state="denied")])

    def reached(point: str) -> None:
        reach(point)
        if point == "sync.sent":
            next(withdraw, lambda: None)()

    monkeypatch.setattr(send, "reach", reached)
    sync(activation)
    assert set(pretend.SHELF) == {"p0@a.io"}
    assert Delivery.objects.get().state == Delivery.State.REMOVING
    settle()
    assert (pretend.SHELF, Delivery.objects.count()) == ({}, 0)


def test_a_holdout_is_stable_shared_by_the_segment_and_only_for_outreach(segment: Segment) -> None:
    everyone = people(60)
    building.has_members(segment, everyone)
    activation = by_email(segment, channel="", holdout=20)
    first = sync(activation).funnel[-1]
    assert first["label"] == "not in the holdout"
    held_out = {f"p{number}@a.io" for number in range(60)} - set(pretend.SHELF)
    assert 4 <= len(held_out) <= 22
    pretend.SHELF.clear()
    there = building.a_connection("pretend", "Another")
    sync(building.an_activation(segment, there, key="another", holdout=20))
    assert {f"p{number}@a.io" for number in range(60)} - set(pretend.SHELF) == held_out
    with pytest.raises(ValidationError, match="only leaves gaps"):
        services.update_activation(actor=INSTALLATION, activation=activation, purpose="suppression")


class Races:
    """A sync and withdrawals of its people at the same time, with the moments of what was committed."""

    def __init__(self, segment: Segment, monkeypatch: pytest.MonkeyPatch, choice: random.Random) -> None:
        self.segment, self.choice = segment, choice
        self.activation = by_email(segment)
        self.sending: dict[int, float] = {}
        self.withdrawn: dict[int, float] = {}
        self.count = 0
        sending = ledger.sending

        def slowly(run: SyncRun, batch: Any) -> Any:
            entries = sending(run, batch)
            time.sleep(choice.random() / 200)
            now = time.monotonic()  # before the commit
            self.sending.update({row.member: now for row in batch})
            return entries

        monkeypatch.setattr(ledger, "sending", slowly)

    def race(self, size: int) -> None:
        """`size` people, each of whom withdraws while they are being sent."""
        crowd = people(size, self.count)
        self.count += size
        agree(*crowd)
        building.has_members(self.segment, crowd)
        if self.choice.random() < 0.3:
            pretend.FAULTS.append(TransientError("Cut off."))
        run = services.request_sync(actor=INSTALLATION, activation=self.activation)
        self.choice.shuffle(crowd)
        threads = [Thread(target=self._perform, args=(run,)), Thread(target=self._withdraw, args=(crowd,))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        settle()

    def _perform(self, run: SyncRun) -> None:
        runner.perform(run.pk)
        connection.close()

    def _withdraw(self, crowd: list[Profile]) -> None:
        for person in crowd:
            time.sleep(self.choice.random() / 150)
            if self.choice.random() < 0.5:
                agree(person, state="denied")
            else:
                suppress(actor=INSTALLATION, profile=person, channel="all", reason="asked", source="test")
            self.withdrawn[person.pk] = time.monotonic()  # after the commit
        connection.close()

    @property
    def too_late(self) -> list[int]:
        """Whose `sending` row was committed after their withdrawal was."""
        return [member for member, at in self.sending.items() if self.withdrawn[member] < at]


def race(races: Races, rounds: int, printed: Any) -> None:
    for _ in range(rounds):
        races.race(20)
        assert (races.too_late, pretend.SHELF, Delivery.objects.count()) == ([], {}, 0)
    caught = sum(at > races.sending.get(member, at) for member, at in races.withdrawn.items())
    assert caught
    printed(
        f"{races.count:,} withdrawals raced their sync: {caught:,} of the people had been sent before, 0 after, "
        "0 are still there"
    )


def test_withdrawals_race_syncs(segment: Segment, monkeypatch: pytest.MonkeyPatch, printed: Any) -> None:
    race(Races(segment, monkeypatch, random.Random(4)), 4, printed)


@pytest.mark.deep
def test_a_thousand_withdrawals_race_syncs(segment: Segment, monkeypatch: pytest.MonkeyPatch, printed: Any) -> None:
    race(Races(segment, monkeypatch, random.Random(40)), 50, printed)
