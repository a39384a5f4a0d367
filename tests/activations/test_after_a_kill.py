"""What may not be believed after a worker's death: old plans, old answers, and files that somebody may have read."""

import os
import signal

import pytest
from pytest_django import Settings

from accounts.actors import INSTALLATION
from activations import services
from activations.engine import runner, send
from activations.models import Activation, Delivery, SyncRun
from profiles.models import Profile
from tests.activations import building, pretend, reading
from tests.activations.conftest import Drop
from tests.activations.processes import killed, let_lease_run_out, paused_at, perform_and_die

pytestmark = pytest.mark.django_db(transaction=True)


def an_activation_of(*emails: str, kind: str = "files") -> Activation:
    building.traits(plan="text")
    segment = building.a_segment()
    building.has_members(segment, [building.a_person(email, plan="pro") for email in emails])
    return building.an_activation(segment, building.a_connection(kind))


def sync(activation: Activation) -> SyncRun:
    run = services.request_sync(actor=INSTALLATION, activation=activation)
    assert runner.perform(run.pk)
    run.refresh_from_db()
    return run


def test_files_that_were_published_are_confirmed_and_never_written_again(settings: Settings) -> None:
    activation = an_activation_of("ann@a.io")
    run = services.request_sync(actor=INSTALLATION, activation=activation)
    assert perform_and_die(run, "sync.finished")
    out = settings.EXPORTS / "out"
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    Profile.objects.update(traits={"plan": "free"})
    let_lease_run_out(run)
    assert runner.perform(run.pk)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    run.refresh_from_db()
    assert (run.state, run.added, run.attempts) == (SyncRun.State.SUCCEEDED, 1, 2)
    following = sync(activation)
    assert (following.added, following.updated) == (0, 1)
    assert reading.applied(out) == {"ann@a.io": ["ann@a.io", "free"]}


def test_who_is_gone_before_the_second_try_is_not_marked_as_delivered(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    activation = an_activation_of("ann@a.io", "bob@a.io")
    run = services.request_sync(actor=INSTALLATION, activation=activation)
    assert perform_and_die(run, "sync.sent")
    let_lease_run_out(run)

    def bob_leaves(point: str) -> None:
        if point == "sync.planned":
            Profile.objects.get(identities__value="bob@a.io").identities.all().delete()

    monkeypatch.setattr(runner, "reach", bob_leaves)
    assert runner.perform(run.pk)
    monkeypatch.undo()
    run.refresh_from_db()
    assert (run.added, run.skipped) == (1, 1)
    assert set(reading.applied(settings.EXPORTS / "out")) == {"ann@a.io"}
    assert dict(Delivery.objects.values_list("key", "state")) == {"ann@a.io": "delivered", "bob@a.io": "sending"}
    assert sync(activation).removed == 1
    assert dict(Delivery.objects.values_list("key", "state")) == {"ann@a.io": "delivered"}


def test_an_answer_that_comes_after_the_lease_is_not_recorded(drop: Drop, monkeypatch: pytest.MonkeyPatch) -> None:
    drop("pretend", pretend.ORDERED)
    activation = an_activation_of("ann@a.io", "bad@a.io", kind="pretend")
    run = services.request_sync(actor=INSTALLATION, activation=activation)
    child = paused_at(run, "sync.sent")
    assert dict(Delivery.objects.values_list("key", "state")) == {"ann@a.io": "sending", "bad@a.io": "sending"}
    let_lease_run_out(run)
    assert runner.perform(run.pk)
    columns = ("key", "state", "reason", "delivered_at")
    before = list(Delivery.objects.order_by("key").values_list(*columns))
    os.kill(child, signal.SIGCONT)
    assert not killed(child)
    run.refresh_from_db()
    assert (run.added, run.updated, run.rejected) == (1, 0, 1)
    assert list(Delivery.objects.order_by("key").values_list(*columns)) == before


def test_a_worker_that_wakes_up_late_sends_nothing_more(drop: Drop, monkeypatch: pytest.MonkeyPatch) -> None:
    drop("pretend", pretend.ORDERED)
    monkeypatch.setattr(send, "RECORDS_AT_ONCE", 1)
    activation = an_activation_of("ann@a.io", "bob@a.io", kind="pretend")
    run = services.request_sync(actor=INSTALLATION, activation=activation)
    child = paused_at(run, "sync.recorded")
    let_lease_run_out(run)
    assert runner.perform(run.pk)
    building.has_members(activation.segment, [])
    assert sync(activation).removed == 2
    os.kill(child, signal.SIGCONT)
    assert not killed(child)
    assert not Delivery.objects.exists()
