"""A review is decided: keep, change, merge or retire."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.actors import INSTALLATION, Actor
from accounts.models import AuditEntry, Role, Team
from lib import clock
from segments import selectors, services
from segments.models import Review, Segment
from segments.services.decisions import months_later
from tests.segments import data

pytestmark = pytest.mark.django_db

EVERYONE: dict[str, Any] = {"everyone": True}


@pytest.fixture
def team() -> Team:
    return data.make_team()


@pytest.fixture
def segment(team: Team) -> Segment:
    """One that is reviewed every six months, and is overdue."""
    segment = data.live_segment("all", team, EVERYONE, review_months=6)
    Segment.objects.update(review_on=date(2026, 1, 5))
    segment.refresh_from_db()
    return segment


def decided(segment: Segment, decision: str, **given: Any) -> Review:
    return services.decide_review(actor=INSTALLATION, segment=segment, decision=decision, **given)


def test_what_is_kept_is_looked_at_again_as_its_contract_says(segment: Segment) -> None:
    review = decided(segment, "keep")
    next_on = months_later(clock.now().date(), 6)
    segment.refresh_from_db()
    assert (review.due_on, review.next_on, segment.review_on) == (date(2026, 1, 5), next_on, next_on)
    entry = AuditEntry.objects.first()
    assert entry is not None
    assert (entry.action, (entry.after or {})["decision"]) == ("segment.review", "keep")


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 11, 28), 3, date(2027, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2026, 5, 31), 1, date(2026, 6, 30)),
        (date(2026, 6, 15), 24, date(2028, 6, 15)),
    ],
)
def test_a_month_without_that_day_ends_earlier(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


def test_a_change_and_a_merge_are_looked_at_again_in_a_month(segment: Segment, team: Team) -> None:
    other = data.live_segment("other", team, EVERYONE)
    soon = months_later(clock.now().date(), 1)
    assert decided(segment, "change").next_on == soon
    merged = decided(segment, "merge", into=other)
    assert (merged.into, merged.next_on) == (other, soon)


def test_a_merge_names_another_live_segment_of_the_same_unit(segment: Segment, team: Team) -> None:
    companies = data.live_segment("companies", team, EVERYONE, unit="company")
    draft = data.make_segment("draft", team)
    for into in (None, segment, companies, draft):
        with pytest.raises(ValidationError) as refused:
            decided(segment, "merge", into=into)
        assert set(refused.value.message_dict) == {"into"}
    assert not Review.objects.exists()


def test_retiring_needs_a_reason_an_approver_and_nobody_who_names_it(segment: Segment, team: Team) -> None:
    editor = Actor(data.make_person("editor@example.com", team, Role.EDITOR))
    with pytest.raises(ValidationError, match="Say why"):
        decided(segment, "retire")
    with pytest.raises(PermissionDenied, match="role approver"):
        services.decide_review(actor=editor, segment=segment, decision="retire", note="Unused.")
    above = data.live_segment("above", team, {"segment": "all"})
    with pytest.raises(ValidationError, match="others refer to it: 'above'"):
        decided(segment, "retire", note="Unused.")
    assert (Segment.objects.get(pk=segment.pk).state, Review.objects.count()) == ("live", 0)
    services.retire(actor=INSTALLATION, segment=above)
    assert decided(segment, "retire", note="Unused.").next_on is None
    assert Segment.objects.get(pk=segment.pk).state == "retired"
    with pytest.raises(ValidationError, match="not reviewed any more"):
        decided(segment, "keep")


def test_the_queue_holds_what_is_due_in_the_teams_in_which_one_edits(segment: Segment, team: Team) -> None:
    data.live_segment("later", team, EVERYONE)
    elsewhere = data.live_segment("elsewhere", data.make_team("other"), EVERYONE)
    Segment.objects.filter(pk=elsewhere.pk).update(review_on=date(2026, 1, 1))
    editor = Actor(data.make_person("editor@example.com", team, Role.EDITOR))
    viewer = Actor(data.make_person("viewer@example.com", team, Role.VIEWER))
    today = clock.now().date()
    assert list(selectors.due_for_review(actor=editor, by=today)) == [segment]
    assert not selectors.due_for_review(actor=viewer, by=today).exists()
    assert not selectors.due_for_review(actor=editor, by=date(2026, 1, 4)).exists()
    services.decide_review(actor=editor, segment=segment, decision="keep")
    assert not selectors.due_for_review(actor=editor, by=today + timedelta(days=14)).exists()
