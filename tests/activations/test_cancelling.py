"""A person ends a sync run: nothing more is sent, what was sent stays known, and the next run goes on from there."""

import os
import signal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from accounts.actors import INSTALLATION, Actor
from accounts.models import AuditEntry, Role
from activations import scheduling, services
from activations.engine import runner, send
from activations.models import Activation, Delivery, SyncRun
from profiles.models import Profile
from tests.accounts.cast import bearer, make_person
from tests.activations import building, pretend
from tests.activations.conftest import Drop
from tests.activations.processes import killed, paused_at

pytestmark = pytest.mark.django_db(transaction=True)

State, JSON = SyncRun.State, "application/json"


@pytest.fixture
def people() -> list[Profile]:
    building.traits(plan="text")
    return [building.a_person(f"p{number}@a.io", plan="pro") for number in range(6)]


@pytest.fixture
def activation(drop: Drop, people: list[Profile]) -> Activation:
    """Of a tool that takes three people at once."""
    drop("pretend", pretend.ORDERED)
    pretend.SHELF.clear()
    segment = building.a_segment()
    building.has_members(segment, people)
    return building.an_activation(segment, building.a_connection("pretend"))


def states() -> dict[str, str]:
    return dict(Delivery.objects.order_by("key").values_list("key", "state"))


def cancel_at(point: str, run: SyncRun, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work on the run, and have a person cancel it when it gets to the point for the first time."""

    def reach(name: str) -> None:
        if name == point and SyncRun.objects.get(pk=run.pk).state == State.RUNNING:
            services.cancel_sync(actor=INSTALLATION, run=run)

    with monkeypatch.context() as patched:
        patched.setattr(send, "reach", reach)
        patched.setattr(runner, "reach", reach)
        assert runner.perform(run.pk)


def test_a_run_that_waits_for_a_worker_is_cancelled_and_nobody_takes_it(activation: Activation) -> None:
    run = services.request_sync(actor=INSTALLATION, activation=activation)
    services.cancel_sync(actor=INSTALLATION, run=run)
    assert not runner.perform(run.pk)
    assert (run.state, run.finished_at is not None, states()) == (State.CANCELLED, True, {})
    assert run.note.startswith("Cancelled by the installation.")


def test_a_worker_that_is_sending_stops_and_the_next_run_sends_the_rest(
    activation: Activation, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = services.request_sync(actor=INSTALLATION, activation=activation)
    cancel_at("sync.recorded", run, monkeypatch)
    run.refresh_from_db()
    assert (run.state, run.added) == (State.CANCELLED, 3)
    assert states() == {f"p{number}@a.io": "delivered" for number in range(3)}
    following = services.request_sync(actor=INSTALLATION, activation=activation)
    assert following.pk != run.pk
    assert runner.perform(following.pk)
    following.refresh_from_db()
    assert (following.state, following.added, following.unchanged) == (State.SUCCEEDED, 3, 3)
    assert len(pretend.SHELF) == 6


def test_an_answer_that_comes_after_the_cancelling_is_not_recorded_and_asked_for_anew(
    activation: Activation, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = services.request_sync(actor=INSTALLATION, activation=activation)
    cancel_at("sync.sent", run, monkeypatch)
    run.refresh_from_db()
    assert (run.state, run.added, len(pretend.SHELF)) == (State.CANCELLED, 0, 3)
    assert set(states().values()) == {"sending"}
    following = services.request_sync(actor=INSTALLATION, activation=activation)
    assert runner.perform(following.pk)
    assert set(states().values()) == {"delivered"}
    assert len(pretend.SHELF) == 6


def test_a_worker_that_was_paused_past_the_cancelling_writes_nothing(activation: Activation) -> None:
    run = services.request_sync(actor=INSTALLATION, activation=activation)
    child = paused_at(run, "sync.sent")
    services.cancel_sync(actor=INSTALLATION, run=run)
    before = list(Delivery.objects.order_by("key").values())
    os.kill(child, signal.SIGCONT)
    assert not killed(child)
    run.refresh_from_db()
    assert (run.state, run.added) == (State.CANCELLED, 0)
    assert list(Delivery.objects.order_by("key").values()) == before


def test_a_run_that_the_tool_has_made_true_is_not_cancelled_afterwards(activation: Activation) -> None:
    run = services.request_sync(actor=INSTALLATION, activation=activation)
    assert runner.perform(run.pk)
    with pytest.raises(ValidationError, match="over already"):
        services.cancel_sync(actor=INSTALLATION, run=run)
    run.refresh_from_db()
    assert (run.state, run.added) == (State.SUCCEEDED, 6)


def test_no_is_an_answer_to_a_run_that_asks_about_removals(activation: Activation) -> None:
    run = SyncRun.objects.create(activation=activation, trigger="manual", state=State.WAITING, removals_planned=6)
    services.cancel_sync(actor=INSTALLATION, run=run)
    with pytest.raises(ValidationError, match="does not wait"):
        services.confirm_removal(actor=INSTALLATION, run=run)
    assert run.state == State.CANCELLED


def test_what_follows_changes_waits_for_the_next_change_and_then_sends_all(
    activation: Activation, people: list[Profile]
) -> None:
    Activation.objects.update(schedule="change")
    run = services.request_sync(actor=INSTALLATION, activation=activation)
    assert runner.perform(run.pk)
    more = [building.a_person(f"q{number}@a.io") for number in range(2)]
    building.has_members(activation.segment, [*people, more[0]])
    [cancelled] = scheduling.queue_changed()
    services.cancel_sync(actor=INSTALLATION, run=cancelled)
    assert scheduling.queue_changed() == []
    building.has_members(activation.segment, [*people, *more])
    [following] = scheduling.queue_changed()
    assert runner.perform(following.pk)
    assert {"q0@a.io", "q1@a.io"} < set(pretend.SHELF)


def test_programs_and_pages_cancel_for_editors_only(activation: Activation) -> None:
    team = activation.connection.team
    viewer, editor = make_person("viewer", team, Role.VIEWER), make_person("editor", team, Role.EDITOR)
    run = services.request_sync(actor=INSTALLATION, activation=activation)
    looks, edits = bearer(viewer, "read", "write"), bearer(editor, "read", "write")
    address, entries = f"/api/v1/sync-runs/{run.pk}/cancel", AuditEntry.objects.count()
    assert looks.post(address, content_type=JSON).status_code == 403
    with pytest.raises(PermissionDenied):
        services.cancel_sync(actor=Actor(viewer), run=run)
    run.refresh_from_db()
    assert (run.state, AuditEntry.objects.count()) == (State.QUEUED, entries)
    assert edits.post(address, content_type=JSON).json()["state"] == "cancelled"
    again = edits.post(address, content_type=JSON)
    assert (again.status_code, again.json()["type"]) == (409, "conflict")

    second, page = services.request_sync(actor=INSTALLATION, activation=activation), Client()
    page.force_login(editor)
    assert "Cancel this run" in page.get(f"/sync-runs/{second.pk}/").content.decode()
    shown = page.post(f"/sync-runs/{second.pk}/cancel/", follow=True).content.decode()
    assert "Cancelled by editor@example.com." in shown
    assert "Cancel this run" not in shown
