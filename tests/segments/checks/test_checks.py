"""What each check finds, with its numbers, and what it lets pass."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from pyroaring import BitMap64

from accounts.actors import INSTALLATION
from accounts.models import Team
from lib import clock
from segments import inspection, membership, services
from segments.checks import Check
from segments.checks.discovery import all_checks
from segments.models import CheckFinding, Run, Segment, SegmentVersion
from tests.segments import data

pytestmark = pytest.mark.django_db

EVERYONE: dict[str, Any] = {"everyone": True}


@pytest.fixture
def team() -> Team:
    return data.make_team()


def the(key: str) -> Check:
    [check] = [check for check in all_checks() if check.key == key]
    return check


def found(key: str) -> list[tuple[str, str, str]]:
    """Segment, severity and evidence of all findings of one check."""
    assert inspection.inspect([the(key)]) is not None
    rows = CheckFinding.objects.filter(check_key=key, is_open=True).order_by("segment__key", "subject")
    return list(rows.values_list("segment__key", "severity", "evidence"))


@transaction.atomic
def count(segment: Segment, members: range) -> None:
    """As a run leaves it that has found these."""
    run = Run.objects.filter(segment=segment).latest("pk")
    membership.store(run, BitMap64(members))
    run.state, run.as_of, run.finished_at = Run.State.SUCCEEDED, clock.now(), clock.now()
    run.save()


def people(number: int, **traits: Any) -> None:
    for _ in range(number):
        data.make_profile(f"p{clock.now().timestamp()}", **traits)


def test_an_empty_segment(team: Team) -> None:
    people(3)
    count(data.live_segment("all", team, EVERYONE), range(1, 3))
    count(data.live_segment("none", team, {"not": EVERYONE}), range(0))
    assert found("empty") == [("none", "warn", "None of 3 is a member.")]


def test_a_size_outside_of_what_the_contract_expects(team: Team) -> None:
    count(data.live_segment("small", team, EVERYONE, expected_least=50), range(1, 41))
    count(data.live_segment("large", team, EVERYONE, expected_most=30), range(1, 41))
    count(data.live_segment("right", team, EVERYONE, expected_least=40, expected_most=40), range(1, 41))
    assert found("size") == [
        ("large", "warn", "It has 40 members; expected are at most 30."),
        ("small", "warn", "It has 40 members; expected are at least 50."),
    ]


def test_a_review_that_is_overdue_is_worse_after_a_month(team: Team) -> None:
    today = clock.now().date()
    for key, days in (("late", 5), ("later", 40), ("due", 0)):
        segment = data.live_segment(key, team, EVERYONE)
        Segment.objects.filter(pk=segment.pk).update(review_on=today - timedelta(days=days))
    late = today - timedelta(days=5)
    rows = found("unreviewed")
    assert [(key, severity) for key, severity, _ in rows] == [("late", "warn"), ("later", "bad")]
    assert rows[0][2] == f"The review was due on {late:%-d %b %Y}, 5 days ago."


def test_members_that_come_and_go_faster_than_anything_can_be_done(team: Team) -> None:
    segment = data.live_segment("all", team, EVERYONE)
    count(segment, range(1, 31))
    SegmentVersion.objects.update(published_at=clock.now() - timedelta(days=30))
    Run.objects.create(
        segment=segment, version=SegmentVersion.objects.get(), trigger="schedule", state="succeeded",
        as_of=clock.now(), finished_at=clock.now() - timedelta(days=1), members=30, entered=25, left=20,
    )  # fmt: skip
    assert found("volatile") == [("all", "warn", "Within 7 days 25 entered and 20 left, of 30 members.")]


def test_a_segment_that_names_a_paused_one(team: Team) -> None:
    below = data.live_segment("below", team, EVERYONE)
    data.live_segment("above", team, {"segment": "below"})
    assert found("dependency") == []
    services.pause(actor=INSTALLATION, segment=below)
    assert found("dependency") == [("above", "warn", "“below”, which it names, is paused.")]


def test_two_segments_that_are_nearly_the_same_people(team: Team) -> None:
    for key, members in (("a", range(1, 101)), ("b", range(3, 103)), ("half", range(1, 51))):
        count(data.live_segment(key, team, EVERYONE), members)
    assert found("overlap") == [
        ("a", "warn", "98 of its 100 members (98%) are in “B” too."),
        ("b", "warn", "98 of its 100 members (98%) are in “A” too."),
    ]


def test_the_same_rule_twice_is_told_at_both(team: Team) -> None:
    data.make_trait("plan", "text")
    rule = {"trait": "plan", "op": "eq", "value": "Paid"}
    data.live_segment("one", team, rule)
    data.live_segment("two", team, {"all": [rule]})
    data.live_segment("other", team, EVERYONE)
    assert found("duplicate") == [
        ("one", "warn", "“Two” of Growth has the very same rule."),
        ("two", "warn", "“One” of Growth has the very same rule."),
    ]


@pytest.mark.django_db(transaction=True)
def test_a_value_that_nobody_has_is_told_with_the_one_that_was_meant(team: Team) -> None:
    data.make_trait("country", "text", label="Country")
    people(4, country="US")
    data.live_segment("wrong", team, {"trait": "country", "op": "in", "value": ["us", "Narnia"]})
    data.live_segment("right", team, {"trait": "country", "op": "eq", "value": "us", "ignore_case": True})
    assert found("never_matched") == [
        ("wrong", "warn", "No person has Country “Narnia”."),
        ("wrong", "warn", "No person has Country “us”. 4 have “US”."),
    ]


@pytest.mark.django_db(transaction=True)
def test_a_value_that_few_have_is_not_told(team: Team) -> None:
    data.make_trait("name", "text")
    people(2, name="Ann Smith")
    data.live_segment("ann", team, {"trait": "name", "op": "eq", "value": "ann smith"})
    assert found("never_matched") == [("ann", "warn", "No person has name “ann smith”.")]


@pytest.mark.parametrize(
    ("key", "rule", "evidence"),
    [
        (
            "contradiction",
            {"all": [{"trait": "plan", "op": "eq", "value": value} for value in ("Paid", "Free")]},
            "Two conditions on “Plan” exclude each other, so nobody can fulfil both.",
        ),
        (
            "always_true",
            {"any": [{"trait": "plan", "op": "ne", "value": value} for value in ("Paid", "Free")]},
            "Everybody with a value of “Plan” fulfils one of two alternatives on it.",
        ),
        (
            "negatives_any",
            {"any": [{"not": {"trait": "plan", "op": "is_set"}}, {"trait": "city", "op": "ne", "value": "Ulm"}]},
            "Several “not” are joined by “any”: whoever escapes a single one of them is a member.",
        ),
    ],
)  # fmt: skip
def test_what_the_lint_says_is_found(team: Team, key: str, rule: dict[str, Any], evidence: str) -> None:
    data.make_trait("plan", "text", label="Plan")
    data.make_trait("city", "text")
    data.live_segment("odd", team, rule)
    assert [row[2] for row in found(key)] == [evidence]


def test_drafts_paused_and_retired_segments_are_left_alone(team: Team) -> None:
    segment = data.live_segment("all", team, EVERYONE)
    Segment.objects.filter(pk=segment.pk).update(review_on=date(2020, 1, 1))
    assert len(found("unreviewed")) == 1
    services.pause(actor=INSTALLATION, segment=segment)
    assert found("unreviewed") == []
