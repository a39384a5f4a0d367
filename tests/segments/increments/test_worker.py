"""The bell, a real worker of the queue `signals`, and what a tick finds when the bell was not heard."""

from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import Settings

from accounts.models import Team
from profiles.models import EventType
from profiles.signals import SIGNALLED
from segments import membership, tasks
from segments.models import Segment
from segments.runs.work import work
from tests.segments import data
from tests.segments.increments.conftest import take
from tests.segments.processes import celery, until

pytestmark = pytest.mark.django_db(transaction=True)

WORKER = ("worker", "--pool", "solo", "--queues", "signals", "--without-gossip", "--without-mingle")


@pytest.fixture
def own_bell(settings: Settings, tmp_path: Path) -> None:
    """A bell that nobody beside this test rings."""
    settings.CACHES = {"default": {**settings.CACHES["default"], "KEY_PREFIX": str(tmp_path)}}


@pytest.fixture
def buyers(team: Team, ordered: EventType) -> Segment:
    """Counted, without members."""
    segment = data.live_segment("buyers", team, {"event": "ordered"})
    work()
    take()
    SIGNALLED.answered()
    return segment


def test_an_event_is_a_member_once_the_bell_has_rung(
    buyers: Segment, ordered: EventType, process_environment: dict[str, str], tmp_path: Path
) -> None:
    ann = data.make_profile("ann")
    with celery("signals", tmp_path, process_environment, *WORKER, "--hostname", "signals@test"):
        with transaction.atomic():
            data.make_event(ordered, ann)

        until(lambda: heard() and ann.pk in membership.load(buyers.pk))


def heard() -> bool:
    """Ring again each time: tests beside this one ring the same bell."""
    SIGNALLED.ring()
    return True


def test_the_bell_sends_one_message_until_somebody_answers(
    own_bell: None, buyers: Segment, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(tasks.take_signals, "apply_async", lambda *_, **__: sent.append("message"))

    SIGNALLED.ring()
    SIGNALLED.ring()
    assert sent == ["message"]

    SIGNALLED.answered()
    SIGNALLED.ring()
    assert len(sent) == 2


def test_a_bell_that_nobody_heard_is_rung_again_by_the_tick(
    own_bell: None, buyers: Segment, ordered: EventType, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(tasks.take_signals, "apply_async", lambda *_, **__: sent.append("message"))
    data.make_event(ordered, data.make_profile("ann"))
    SIGNALLED.answered()
    sent.clear()

    tasks.tick()

    assert sent == ["message"]
