"""Destinations are found by their folder, and the engine understands every style of answer."""

import pytest

from accounts.actors import INSTALLATION
from activations import destinations, services
from activations.destinations.base import MisconfiguredError, TransientError
from activations.engine import endings, runner
from activations.models import Activation, Delivery, SyncRun
from lib import clock
from tests.activations import building, pretend
from tests.activations.conftest import Drop

pytestmark = pytest.mark.django_db(transaction=True)
State = SyncRun.State


@pytest.fixture(autouse=True)
def _empty_shelf() -> None:
    pretend.SHELF.clear()
    pretend.FAULTS.clear()


def an_activation_there(style: str, drop: Drop, *emails: str) -> Activation:
    drop("pretend", style)
    segment = building.a_segment()
    building.traits(plan="text")
    building.has_members(segment, [building.a_person(email, plan="pro") for email in emails])
    return building.an_activation(segment, building.a_connection("pretend", "Pretend"))


def sync(activation: Activation) -> SyncRun:
    run = services.request_sync(actor=INSTALLATION, activation=activation)
    assert runner.perform(run.pk)
    run.refresh_from_db()
    return run


def states(activation: Activation) -> dict[str, str]:
    return dict(Delivery.objects.filter(activation=activation).values_list("key", "state"))


def test_a_folder_is_all_it_takes(drop: Drop) -> None:
    assert "pretend" not in destinations.kinds()
    drop("pretend", pretend.ORDERED)
    assert destinations.kinds()["pretend"].label == "Pretend"
    assert "files" in destinations.kinds()


def test_a_folder_that_names_no_class_says_what_to_write(drop: Drop) -> None:
    drop("empty", "")
    with pytest.raises(TypeError, match="DESTINATION = "):
        destinations.kinds()


def test_a_folder_that_is_gone_stops_the_activation(drop: Drop, monkeypatch: pytest.MonkeyPatch) -> None:
    activation = an_activation_there(pretend.ORDERED, drop, "ann@a.io")
    run = services.request_sync(actor=INSTALLATION, activation=activation)
    monkeypatch.setattr(destinations, "__path__", [])
    runner.perform(run.pk)
    run.refresh_from_db()
    activation.refresh_from_db()
    assert (run.state, activation.state) == (State.FAILED, Activation.State.STOPPED)
    assert "no destination 'pretend'" in run.failure


@pytest.mark.parametrize("style", [pretend.ORDERED, pretend.KEYED])
def test_answers_per_person_mark_each_person(style: str, drop: Drop) -> None:
    activation = an_activation_there(style, drop, "ann@a.io", "bad@a.io", "bob@a.io", "cid@a.io", "bad2@a.io")
    run = sync(activation)
    assert (run.state, run.added, run.rejected) == (State.PARTIAL, 3, 2)
    assert states(activation) == {
        "ann@a.io": "delivered", "bad@a.io": "rejected", "bob@a.io": "delivered",
        "cid@a.io": "delivered", "bad2@a.io": "rejected",
    }  # fmt: skip
    assert set(pretend.SHELF) == {"ann@a.io", "bob@a.io", "cid@a.io"}
    assert Delivery.objects.get(key="bad@a.io").reason == "looks fake"


def test_remote_ids_are_kept_for_the_removal(drop: Drop) -> None:
    activation = an_activation_there(pretend.ORDERED, drop, "ann@a.io")
    sync(activation)
    assert Delivery.objects.get().remote_id == "r-ann@a.io"


def test_counts_mark_nobody_as_delivered_or_refused(drop: Drop) -> None:
    activation = an_activation_there(pretend.COUNTED, drop, "ann@a.io", "bad@a.io")
    run = sync(activation)
    assert run.state == State.SUCCEEDED
    assert states(activation) == {"ann@a.io": "accepted", "bad@a.io": "accepted"}
    building.has_members(activation.segment, [])
    assert sync(activation).removed == 2
    assert (states(activation), pretend.SHELF) == ({}, {})


def test_a_tool_that_is_down_is_tried_again_when_it_asked_for_it(drop: Drop) -> None:
    activation = an_activation_there(pretend.KEYED, drop, "ann@a.io", "bob@a.io", "cid@a.io", "dan@a.io")
    pretend.FAULTS.append(TransientError("The tool is busy.", pretend.WAIT))
    before = clock.now()
    run = sync(activation)
    assert (run.state, run.failure_code) == (State.QUEUED, "tool_unavailable")
    assert "tried again in 7 min" in run.failure
    assert run.next_attempt_at is not None
    assert run.next_attempt_at >= before + pretend.WAIT
    assert not runner.perform(run.pk)
    assert set(states(activation).values()) == {"sending"}

    again = services.request_sync(actor=INSTALLATION, activation=activation)
    assert again.pk == run.pk
    assert runner.perform(run.pk)
    run.refresh_from_db()
    assert (run.state, run.added, run.attempts, run.failure) == (State.SUCCEEDED, 4, 2, "")
    assert set(pretend.SHELF) == {"ann@a.io", "bob@a.io", "cid@a.io", "dan@a.io"}


def test_a_run_gives_up_in_words_and_the_next_goes_on(drop: Drop) -> None:
    activation = an_activation_there(pretend.KEYED, drop, "ann@a.io")
    pretend.FAULTS.append(TransientError("The tool is busy."))
    run = services.request_sync(actor=INSTALLATION, activation=activation)
    SyncRun.objects.filter(pk=run.pk).update(attempts=40, queued_at=clock.now() - endings.GIVES_UP_AFTER)
    runner.perform(run.pk)
    run.refresh_from_db()
    assert run.state == State.FAILED
    assert "was tried 41 times in 36 h" in run.failure
    following = sync(activation)
    assert (following.pk > run.pk, following.state, following.added) == (True, State.SUCCEEDED, 1)


def test_a_person_who_leaves_while_the_answer_is_unknown_is_removed(drop: Drop) -> None:
    activation = an_activation_there(pretend.KEYED, drop, "ann@a.io", "bob@a.io")
    pretend.FAULTS.append(TransientError("Cut off."))
    run = sync(activation)
    pretend.SHELF["ann@a.io"] = {"values": ()}  # the tool had taken her before the line went dead
    building.has_members(activation.segment, Delivery.objects.filter(key="bob@a.io").values_list("member", flat=True))
    services.request_sync(actor=INSTALLATION, activation=activation)
    runner.perform(run.pk)
    run.refresh_from_db()
    assert (run.state, run.added, run.removed) == (State.SUCCEEDED, 1, 1)
    assert (set(pretend.SHELF), states(activation)) == ({"bob@a.io"}, {"bob@a.io": "delivered"})


def test_what_only_a_person_can_mend_stops_the_activation(drop: Drop) -> None:
    activation = an_activation_there(pretend.KEYED, drop, "ann@a.io")
    pretend.FAULTS.append(MisconfiguredError("The key was revoked. Enter a new one."))
    run = sync(activation)
    activation.refresh_from_db()
    assert (run.state, run.failure_code) == (State.FAILED, "misconfigured")
    assert activation.stopped_because == "The key was revoked. Enter a new one."
    services.resume(actor=INSTALLATION, activation=activation)
    assert sync(activation).state == State.SUCCEEDED
