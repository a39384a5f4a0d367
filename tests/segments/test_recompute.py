"""From a published version to stored members, by the worker's own function."""

import pytest
from pyroaring import BitMap64

from lib import clock
from segments import membership
from segments.models import Run
from segments.runs.work import work
from tests.segments import data

pytestmark = pytest.mark.django_db(transaction=True)

PAID = {"trait": "plan", "op": "eq", "value": "paid"}


def test_a_published_segment_is_computed_and_says_what_it_did() -> None:
    data.make_trait("plan", "text")
    paid = data.make_profile("p1", plan="paid")
    data.make_profile("p2", plan="free")
    data.make_profile(None, plan="paid")
    before = clock.now()
    segment = data.live_segment("paid", data.make_team(), PAID)

    assert work() == 1

    run = Run.objects.get()
    assert (run.state, run.trigger, run.version, run.attempts) == ("succeeded", "published", segment.published, 1)
    assert (run.members, run.entered, run.left, run.failure) == (1, 1, 0, "")
    assert run.as_of is not None
    assert before < run.as_of < clock.now()
    assert run.leased_until is None
    assert membership.load(segment.pk) == BitMap64([paid.pk])
    assert membership.contains(segment.pk, paid.pk)
    assert not membership.contains(segment.pk, paid.pk + 1)
    assert work() == 0


def test_segments_that_refer_to_each_other_are_computed_together_at_one_instant() -> None:
    data.make_trait("plan", "text")
    data.make_trait("age", "number")
    bought = data.make_event_type("bought", amount="number")
    old = data.make_profile("old", plan="paid", age=70)
    data.make_profile("young", plan="paid", age=20)
    data.make_event(bought, old, amount=12.5)
    team = data.make_team()
    paid = data.live_segment("paid", team, PAID)
    seniors = data.live_segment(
        "seniors", team, {"all": [{"segment": "paid"}, {"trait": "age", "op": "gte", "value": 60}]}
    )
    buyers = data.live_segment("buyers", team, {"all": [{"segment": "seniors"}, {"event": "bought"}]})

    assert work() == 3

    assert len(set(Run.objects.values_list("as_of", flat=True))) == 1
    assert len(membership.load(paid.pk)) == 2
    assert membership.load(seniors.pk) == BitMap64([old.pk])
    assert membership.load(buyers.pk) == BitMap64([old.pk])
