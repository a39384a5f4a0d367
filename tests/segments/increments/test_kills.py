"""Kill -9 at every named step of a micro-batch: what it was about is done by the next one, once."""

from pathlib import Path

import pytest

from accounts.models import Team
from profiles.models import EventType, Signal
from segments import membership
from segments.increments.work import POINTS, work
from segments.models import MicroBatch, Run, SignalReader
from segments.runs.work import work as compute
from tests.profiles.lake.processes import start, was_killed
from tests.segments import data
from tests.segments.increments.conftest import take

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("point", POINTS)
def test_a_reader_that_dies_at_any_step_loses_and_doubles_nothing(
    team: Team, ordered: EventType, tmp_path: Path, point: str
) -> None:
    ann, bob = data.make_profile("ann"), data.make_profile("bob")
    buyers = data.live_segment("buyers", team, {"event": "ordered"})
    compute()
    take()
    before = MicroBatch.objects.count()
    data.make_event(ordered, ann)

    assert was_killed(start(work, point)), f"{point} was not reached"
    SignalReader.objects.update(leased_until=None)  # its lease is over
    data.make_event(ordered, bob)
    take()

    assert set(membership.load(buyers.pk)) == {ann.pk, bob.pk}
    increments = Run.objects.filter(trigger=Run.Trigger.SIGNALS)
    assert sum(run.entered or 0 for run in increments) == 2
    assert MicroBatch.objects.count() - before == increments.count()
    assert not Signal.objects.exists()
