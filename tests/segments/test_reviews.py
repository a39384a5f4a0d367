"""From a draft to a version in force: proposed, approved or rejected, published now or at a time."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.actors import INSTALLATION, Actor
from accounts.models import AuditEntry, Role, Team, TeamMember
from lib import clock
from segments import scheduled, selectors, services
from segments.models import Run, Segment, SegmentVersion
from segments.services.contract import contract_of
from tests.accounts.cast import make_administrator
from tests.segments import data

pytestmark = pytest.mark.django_db

EVERYONE: dict[str, Any] = {"everyone": True}


@pytest.fixture
def team() -> Team:
    """One that wants four eyes."""
    return Team.objects.create(key="growth", name="Growth", four_eyes=True)


@pytest.fixture
def people(team: Team) -> dict[str, Actor]:
    return {role: Actor(data.make_person(f"{role}@example.com", team, role)) for role in Role.values}


@pytest.fixture
def version(team: Team, people: dict[str, Actor]) -> SegmentVersion:
    """A draft that the editor has written."""
    segment = data.make_segment("all", team)
    definition = {"unit": "profile", "rule": EVERYONE}
    return services.save_version(actor=people["editor"], segment=segment, definition=definition)


def state(version: SegmentVersion) -> str:
    return str(SegmentVersion.objects.values_list("state", flat=True).get(pk=version.pk))


def test_a_version_goes_from_draft_over_the_approver_into_force(
    version: SegmentVersion, people: dict[str, Actor]
) -> None:
    services.propose(actor=people["editor"], version=version)
    assert list(selectors.proposals(actor=people["approver"])) == [version]
    assert not selectors.proposals(actor=people["editor"]).exists()
    approved = services.approve(actor=people["approver"], version=version)
    assert (approved.state, approved.decided_by) == ("approved", people["approver"].user)
    assert services.publish(actor=people["editor"], version=version).state == "live"
    told = list(AuditEntry.objects.values_list("action", "actor_label")[:3])
    assert told == [
        ("segment.publish", "editor@example.com"),
        ("segment.approve", "approver@example.com"),
        ("segment.propose", "editor@example.com"),
    ]


def test_without_the_approval_that_the_team_wants_nothing_is_published(
    version: SegmentVersion, people: dict[str, Actor]
) -> None:
    with pytest.raises(ValidationError, match="wants four eyes: send version 1 for review"):
        services.publish(actor=people["admin"], version=version)
    assert (state(version), Run.objects.count()) == ("draft", 0)


def test_neither_who_wrote_nor_who_proposed_it_approves(version: SegmentVersion, people: dict[str, Actor]) -> None:
    TeamMember.objects.filter(user=people["editor"].user).update(role=Role.APPROVER)
    services.propose(actor=people["admin"], version=version)
    for name in ("editor", "admin"):
        with pytest.raises(PermissionDenied, match="four eyes"):
            services.approve(actor=people[name], version=version)
        assert not selectors.proposals(actor=people[name]).exists()
    assert state(version) == "proposed"


def test_a_new_version_makes_an_approved_one_a_draft_again(version: SegmentVersion, people: dict[str, Actor]) -> None:
    services.propose(actor=people["editor"], version=version)
    services.approve(actor=people["approver"], version=version)
    data.save(version.segment, {"not": EVERYONE})
    version.refresh_from_db()
    assert (version.state, version.decided_by, version.proposed_at) == ("draft", None, None)
    assert (AuditEntry.objects.first() or AuditEntry()).after == {
        "version": 2, "words": "No people at all.", "sha256": SegmentVersion.objects.get(number=2).sha256, "note": "",
        "voided": [1],
    }  # fmt: skip


def test_a_change_of_the_contract_voids_an_approval_and_the_same_contract_does_not(
    version: SegmentVersion, people: dict[str, Actor]
) -> None:
    segment = version.segment
    services.propose(actor=people["editor"], version=version)
    services.approve(actor=people["approver"], version=version)
    contract = contract_of(segment)
    services.change_contract(actor=people["editor"], segment=segment, **contract)
    services.change_contract(
        actor=people["editor"], segment=segment, **contract | {"notes": "Ask Ada.", "tags": ["b2b"]}
    )
    assert state(version) == "approved"
    services.change_contract(actor=people["editor"], segment=segment, **contract | {"decision": "Another one."})
    assert state(version) == "draft"


def test_rejecting_says_why_and_is_final(version: SegmentVersion, people: dict[str, Actor]) -> None:
    services.propose(actor=people["editor"], version=version)
    with pytest.raises(ValidationError, match="Say why"):
        services.reject(actor=people["approver"], version=version, reason=" ")
    assert state(version) == "proposed"
    rejected = services.reject(actor=people["approver"], version=version, reason="Too wide.")
    assert (rejected.state, rejected.reason) == ("rejected", "Too wide.")
    with pytest.raises(ValidationError, match="save its definition as a new version"):
        services.propose(actor=people["editor"], version=version)


def test_an_administrator_passes_over_the_policy_with_a_reason_that_everybody_reads(
    version: SegmentVersion, people: dict[str, Actor]
) -> None:
    with pytest.raises(PermissionDenied):
        services.publish_unapproved(actor=people["admin"], version=version, reason="Now.")
    boss = Actor(make_administrator())
    with pytest.raises(ValidationError, match="Say why"):
        services.publish_unapproved(actor=boss, version=version, reason="")
    services.publish_unapproved(actor=boss, version=version, reason="The approver is ill.")
    entry = AuditEntry.objects.first()
    assert entry is not None
    assert (entry.action, entry.note) == ("segment.publish_unapproved", "The approver is ill.")
    version.refresh_from_db()
    assert (version.state, version.reason) == ("published", "The approver is ill.")


def test_a_version_is_published_when_its_time_has_come(version: SegmentVersion, people: dict[str, Actor]) -> None:
    services.propose(actor=people["editor"], version=version)
    services.approve(actor=people["approver"], version=version)
    services.schedule_publication(actor=people["editor"], version=version, at=clock.now() + timedelta(hours=1))
    assert (scheduled.publish_due(), state(version)) == (0, "approved")
    SegmentVersion.objects.filter(pk=version.pk).update(publish_at=clock.now())
    assert (scheduled.publish_due(), state(version)) == (1, "published")
    assert (AuditEntry.objects.first() or AuditEntry()).actor_label == "editor@example.com"


def test_a_publication_that_is_refused_at_its_time_says_why_and_is_not_tried_again(
    version: SegmentVersion, people: dict[str, Actor]
) -> None:
    services.propose(actor=people["editor"], version=version)
    services.approve(actor=people["approver"], version=version)
    services.schedule_publication(actor=people["editor"], version=version, at=clock.now() + timedelta(hours=1))
    SegmentVersion.objects.filter(pk=version.pk).update(publish_at=clock.now())
    Segment.objects.update(decision="")
    assert scheduled.publish_due() == 0
    version.refresh_from_db()
    assert (version.state, version.publish_at) == ("approved", None)
    assert version.publish_failure == "Say what is done differently for these members."
    assert (scheduled.publish_due(), AuditEntry.objects.filter(action="segment.publication_failed").count()) == (0, 1)


@pytest.mark.parametrize("hours", [-1, 24 * 400])
def test_a_time_that_is_past_or_far_away_is_refused(hours: int) -> None:
    version = data.save(data.make_segment("all", data.make_team()), EVERYONE)
    with pytest.raises(ValidationError, match="within a year"):
        services.schedule_publication(actor=INSTALLATION, version=version, at=clock.now() + timedelta(hours=hours))
    assert SegmentVersion.objects.get().publish_at is None


def test_an_edit_takes_back_the_time_of_publication() -> None:
    version = data.save(data.make_segment("all", data.make_team()), EVERYONE)
    services.schedule_publication(actor=INSTALLATION, version=version, at=clock.now() + timedelta(hours=1))
    data.save(version.segment, {"not": EVERYONE})
    assert not SegmentVersion.objects.filter(publish_at__isnull=False).exists()
