"""What every destination with a tool outside must pass, beside the laws of `contract`: each against an emulator of its
tool that misbehaves in every way. A test module per destination subclasses `ToolContract`."""

import json
import logging
import random
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings

from accounts.actors import INSTALLATION
from accounts.models import AuditEntry
from activations import services
from activations.destinations import kinds
from activations.destinations.base import Destination, MisconfiguredError, TransientError
from activations.destinations.base_api import ApiDestination
from activations.destinations.base_emulator import FAULTS, Emulator, serving
from activations.engine import runner, send
from activations.models import Activation, Delivery, SyncRun
from lib.http.addresses import AllowList
from lib.http.client import Limits
from profiles.models import Profile
from profiles.services import set_consent
from tests.activations import building
from tests.activations.contract import DestinationContract, person
from tests.activations.processes import let_lease_run_out, perform_and_die

PEOPLE = 60
PER_CALL = 5
AGREED = {"email": "granted", "ads": "granted"}


class ToolContract(DestinationContract):
    """Faults of the tool cost time and nothing else."""

    tool: Emulator

    @abstractmethod
    def emulator(self) -> Emulator:
        """An empty tool."""

    @abstractmethod
    def secret(self) -> str:
        """What signs us in, as it is in the configuration."""

    @pytest.fixture(autouse=True)
    def _tool(self, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        settings.OUTBOUND_ALLOW = AllowList.parse(["127.0.0.1"])
        monkeypatch.setattr(ApiDestination, "limits", Limits(connect=1, read=1, total=1.5, body=2_000_000))
        monkeypatch.setattr(send, "RECORDS_AT_ONCE", PER_CALL)
        self.tool = self.emulator()
        with serving(self.tool) as self.address:
            yield

    @pytest.fixture
    def unpaced(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without the rate, which has tests of its own and would only take time."""
        found = kinds()[self.kind]
        monkeypatch.setattr(found, "capabilities", building.without_rate(found.capabilities))

    def test_a_full_batch_is_taken(self) -> None:
        size = min(kinds()[self.kind].capabilities.batch_size, send_at_once())
        self.carry(self.sync(), [person(f"p{number}@a.io", "pro") for number in range(size)])
        assert len(self.held()) == size
        assert self.tool.refused == []

    @pytest.mark.parametrize("fault", FAULTS)
    def test_whatever_goes_wrong_is_tried_again_and_leaves_no_trace(self, fault: str) -> None:
        sent = [person(f"p{number}@a.io", "pro") for number in range(4)]
        with closing(self.destination()) as tool:
            tool.begin(self.sync())
            self.tool.faults = [fault]
            with pytest.raises(TransientError) as error:
                tool.add(sent)
            assert (error.value.retry_after == timedelta(seconds=3)) is (fault == "429")
            assert "hunter2" not in str(error.value)
        self.carry(self.sync(attempt=2), sent)
        assert self.held() == {f"p{number}@a.io": "pro" for number in range(4)}
        assert self.tool.refused == []

    @pytest.mark.parametrize("fault", FAULTS)
    def test_a_removal_survives_every_fault_too(self, fault: str) -> None:
        self.carry(self.sync(1), [person("ann@a.io", "pro"), person("bob@a.io", "pro")])
        leaving = self.as_on_record(["ann@a.io"])
        with closing(self.destination()) as tool:
            tool.begin(self.sync(2))
            self.tool.faults = [fault]
            with pytest.raises(TransientError):
                tool.remove(leaving)
        self.carry(self.sync(2, attempt=2), remove=leaving)
        assert self.held() == {"bob@a.io": "pro"}

    def test_a_key_that_is_revoked_is_said_in_words_without_the_key(self) -> None:
        self.tool.lock_out()
        for attempt in (self._add_one, lambda tool: tool.check()):
            with closing(self.destination()) as tool, pytest.raises(MisconfiguredError) as error:
                attempt(tool)
            words = str(error.value)
            assert len(words) > 40
            assert self.secret() not in words
        assert self.held() == {}

    def _add_one(self, tool: Destination) -> None:
        tool.begin(self.sync())
        tool.add([person("ann@a.io", "pro")])

    def test_private_addresses_are_not_called(self, settings: Settings) -> None:
        settings.OUTBOUND_ALLOW = AllowList()
        for attempt in (self._add_one, lambda tool: tool.check()):
            with (
                closing(self.destination()) as tool,
                pytest.raises(MisconfiguredError, match="not on the public internet"),
            ):
                attempt(tool)
        assert self.tool.calls == []

    # Below, whole syncs by the engine.

    def activation(self, people: Sequence[Profile]) -> Activation:
        segment = building.a_segment()
        building.has_members(segment, people)
        for one in people:
            set_consent(
                actor=INSTALLATION, profile=one, states=dict.fromkeys(("email", "ads"), "granted"), source="test"
            )
        there = building.a_connection(self.kind, "Tool", **self.config())
        channel = next(iter(sorted(kinds()[self.kind].capabilities.channels)), "")
        return building.an_activation(segment, there, channel=channel)

    def people(self, count: int) -> list[Profile]:
        building.traits(plan="text")
        return [building.a_person(f"p{number}@a.io", plan="pro") for number in range(count)]

    @pytest.mark.django_db(transaction=True)
    def test_the_tool_has_the_audience_when_the_faults_stop(self, unpaced: None, printed: Any) -> None:
        """R3: every kind of fault, over runs with people who come, change and leave; against a twin without faults."""
        faults = [fault for fault in FAULTS if fault not in ("hang", "late")] * 2 + ["hang", "late"]
        random.Random(3).shuffle(faults)
        people = self.people(PEOPLE)
        activation = self.activation(people)
        wanted = self._story(activation, people, faults)
        assert (self.held(), self.tool.refused, self.tool.faults) == (self.visible(wanted), [], [])
        calls, faulted, more = len(self.tool.calls), self.tool.faulted, self.unavoidable()
        least = self._without_faults(activation, people)
        more -= self.unavoidable()
        assert set(Delivery.objects.values_list("state", flat=True)) <= {"delivered", "accepted"}
        share = calls / (least + faulted + more)
        counted = f"{least} without faults, {faulted} spoilt, {more} by the tool's rules"
        printed(f"{self.kind}: {calls} calls; {counted}: {share:.2f} of the least")
        assert share <= 1.2

    def visible(self, wanted: dict[str, str]) -> dict[str, str]:
        """What can be seen over there of an audience."""
        return wanted

    def unavoidable(self) -> int:
        """Calls so far of a kind that the vendor's own rules make of a lost answer, beside repeating it."""
        return 0

    def _story(self, activation: Activation, people: Sequence[Profile], faults: list[str]) -> dict[str, str]:
        choice = random.Random(5)
        wanted = {f"p{number}@a.io": "pro" for number in range(len(people))}
        for number in range(3):
            self.tool.faults = [faults.pop() for _ in range(min(6, len(faults)))]
            if number == 2:
                self.tool.faults += faults
                faults.clear()
            changed = choice.sample(range(len(people)), 10 * number)
            for place in changed:
                Profile.objects.filter(pk=people[place].pk).update(traits={"plan": f"plan {number}"})
                wanted[f"p{place}@a.io"] = f"plan {number}"
            gone = set(choice.sample(range(len(people)), 12 * number))
            building.has_members(activation.segment, [one for place, one in enumerate(people) if place not in gone])
            self.finish(services.request_sync(actor=INSTALLATION, activation=activation))
        return {key: plan for place, (key, plan) in enumerate(wanted.items()) if place not in gone}

    def _without_faults(self, activation: Activation, people: Sequence[Profile]) -> int:
        """The calls of the same story in peace."""
        self.tool.__dict__.update({**self.emulator().__dict__, "ended": self.tool.ended, "lock": self.tool.lock})
        Delivery.objects.all().delete()
        Profile.objects.update(traits={"plan": "pro"})
        self._story(activation, people, [])
        return len(self.tool.calls)

    def finish(self, run: SyncRun) -> SyncRun:
        """Work on a run until it is done, its waits passed over."""
        while runner.perform(run.pk):
            run.refresh_from_db()
            if run.state != SyncRun.State.QUEUED:
                assert run.state == SyncRun.State.SUCCEEDED, run.failure
                return run
            SyncRun.objects.filter(pk=run.pk).update(next_attempt_at=None)
            building.no_pause(run.activation.connection)
        raise AssertionError(f"nobody could take {run}: {run.failure}")

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("point", ["sync.sending", "sync.sent", "sync.removed"])
    def test_a_worker_that_is_killed_in_a_batch_doubles_and_loses_nothing(self, point: str, unpaced: None) -> None:
        people = self.people(12)
        activation = self.activation(people)
        self.finish(services.request_sync(actor=INSTALLATION, activation=activation))
        building.has_members(activation.segment, [*people[4:], *self._more(4)])
        run = services.request_sync(actor=INSTALLATION, activation=activation)
        assert perform_and_die(run, point)
        let_lease_run_out(run)
        self.finish(run)
        assert set(self.held()) == {f"p{number}@a.io" for number in range(4, 12)} | {f"q{n}@a.io" for n in range(4)}

    def _more(self, count: int) -> list[Profile]:
        people = [building.a_person(f"q{number}@a.io", plan="pro") for number in range(count)]
        for one in people:
            set_consent(
                actor=INSTALLATION, profile=one, states=dict.fromkeys(("email", "ads"), "granted"), source="test"
            )
        return people

    @pytest.mark.django_db(transaction=True)
    def test_the_secret_is_in_no_log_no_message_and_no_audit_entry(
        self, unpaced: None, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        activation = self.activation(self.people(3))
        run = services.request_sync(actor=INSTALLATION, activation=activation)
        self.tool.faults = ["half_answer"]
        runner.perform(run.pk)
        self.tool.lock_out()
        services.request_sync(actor=INSTALLATION, activation=activation)
        runner.perform(run.pk)
        services.test_connection(actor=INSTALLATION, connection=activation.connection)
        run.refresh_from_db()
        activation.refresh_from_db()
        assert (run.state, activation.state) == (SyncRun.State.FAILED, Activation.State.STOPPED)
        told = json.dumps(list(AuditEntry.objects.values("before", "after")), default=str)
        for text in (caplog.text, run.failure, activation.stopped_because, told):
            assert self.secret() not in text


def send_at_once() -> int:
    """The most records of one call that the engine ever makes."""
    return 10_000
