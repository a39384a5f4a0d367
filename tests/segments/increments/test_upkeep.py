"""What a segment says about how it is kept fresh; the daily check; and what becomes of old increments."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from pyroaring import BitMap64

from accounts.models import Team
from lib import bitmaps, clock
from profiles.changes import mark_profiles
from profiles.models import EventType, Profile
from segments import membership, upkeep
from segments.increments import folding
from segments.models import MembershipBlock, MicroBatch, Run, RunChange, Segment
from segments.runs import drift, due, queue
from segments.runs.work import work
from tests.segments import data
from tests.segments.increments.conftest import take

pytestmark = pytest.mark.django_db(transaction=True)

PAID = {"trait": "plan", "op": "eq", "value": "paid"}
LATELY = {"event": "ordered", "window": {"last": "30 days"}}
TOP = {"trait": "score", "op": "top_percent", "value": 20}
WORDS: list[tuple[dict[str, Any], str, str]] = [
    (PAID, "signals", "Within a second of a change"),
    (LATELY, "time", "Within a second of a change; what time alone moves, every 15 min"),
    (TOP, "promise", "Recomputed every 15 min, because it ranks everybody"),
]


@pytest.mark.parametrize(("rule", "kept", "words"), WORDS, ids=[kept for _, kept, _ in WORDS])
def test_a_segment_says_what_keeps_it_fresh(
    team: Team, ordered: EventType, rule: dict[str, Any], kept: str, words: str
) -> None:
    segment = data.live_segment("one", team, rule, freshness=timedelta(minutes=15))

    assert (segment.upkeep, upkeep.in_words(segment)) == (kept, words)


def test_a_segment_is_kept_as_those_that_it_refers_to_are_from_their_publication_on(team: Team) -> None:
    first = data.live_segment("first", team, PAID)
    second = data.live_segment("second", team, {"segment": "first"})
    assert second.upkeep == "signals"

    data.publish(first, TOP)

    second = Segment.objects.select_related("published").get(pk=second.pk)
    assert second.upkeep == "promise"
    assert upkeep.in_words(second) == "Recomputed every hour, because it refers to “first”, which ranks everybody"


@pytest.fixture
def paid(team: Team) -> Segment:
    """Counted, with one member."""
    data.make_profile("ann", plan="paid")
    segment = data.live_segment("paid", team, PAID)
    work()
    take()
    return segment


def check() -> Run:
    """The daily check, a day later."""
    Run.objects.filter(state="succeeded").update(as_of=F("as_of") - timedelta(days=1, hours=1))
    assert queue.enqueue_due() == 1
    work()
    return due.full_runs()[0]


def test_a_segment_that_signals_keep_is_checked_once_a_day_and_nothing_is_found(paid: Segment) -> None:
    Run.objects.update(as_of=F("as_of") - timedelta(hours=23))
    assert queue.enqueue_due() == 0

    run = check()

    assert (run.trigger, run.state, run.members, run.drift) == ("check", "succeeded", 1, 0)
    assert drift.found_since(clock.now() - timedelta(days=1)) == 0


def test_a_member_that_no_signal_explains_is_drift_and_put_right(
    paid: Segment, caplog: pytest.LogCaptureFixture
) -> None:
    stranger = data.make_profile("bob", plan="free")
    take()
    members = membership.load(paid.pk) | BitMap64([stranger.pk])
    MembershipBlock.objects.filter(segment=paid).update(members=bitmaps.block_bytes(members, 0))

    run = check()

    assert (run.members, run.left, run.drift) == (1, 1, 1)
    assert f"such as {stranger.pk}" in caplog.text
    assert drift.found_since(clock.now() - timedelta(days=1)) == 1


def test_a_change_whose_signal_still_waits_is_no_drift(paid: Segment) -> None:
    bob = data.make_profile("bob", plan="paid")

    run = check()

    assert (run.entered, run.drift) == (1, 0)
    assert bob.pk in membership.load(paid.pk)


def test_a_check_by_which_everybody_had_to_be_counted_anew_tells_no_drift(paid: Segment) -> None:
    data.change_traits(Profile.objects.get(), plan="free")
    queue.recount([paid.pk], clock.now())
    Run.objects.filter(state="queued").update(next_attempt_at=None)
    work()

    assert (due.full_runs()[0].trigger, due.full_runs()[0].left, due.full_runs()[0].drift) == ("many", 1, None)


def test_old_increments_of_a_day_become_one_and_tell_the_same(paid: Segment) -> None:
    people = [data.make_profile(f"p{number}", plan="paid") for number in range(3)]
    for person in people:
        mark_profiles([person.pk])
        take()
    data.change_traits(people[0], plan="free")
    take()
    full = due.full_runs()[0]
    then, now = membership.at_run(full), membership.load(paid.pk)
    _grow_old(timedelta(days=31))

    folding.fold()
    folding.fold()

    [folded] = Run.objects.filter(trigger="signals")
    assert (folded.entered, folded.left, folded.members, folded.batch) == (2, 0, 3, None)
    assert RunChange.objects.filter(run__trigger="signals").count() == 1
    full.refresh_from_db()
    assert (membership.at_run(full), membership.load(paid.pk)) == (then, now)
    assert not MicroBatch.objects.exists()


def _grow_old(age: timedelta) -> None:
    """To noon of that day, so that no midnight lies in between."""
    noon = clock.now().replace(hour=12, minute=0, second=0, microsecond=0) - age
    earliest = Run.objects.earliest("finished_at").finished_at
    assert earliest is not None
    Run.objects.update(finished_at=F("finished_at") - (earliest - noon))
    MicroBatch.objects.update(finished_at=noon)
