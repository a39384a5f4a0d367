"""The page of a version: what it changes, its review, and its publication now or at a time."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actors import INSTALLATION
from accounts.models import AuditEntry, Role, Team, TeamMember, User
from segments import services
from segments.models import SegmentVersion
from tests.accounts.cast import make_administrator
from tests.pages.company import make_person
from tests.pages.reading import text
from tests.segments import data

PAID, FREE = ({"trait": "plan", "op": "eq", "value": value} for value in ("Paid", "Free"))
PAGE = "/segments/payers/versions/2/"


@pytest.fixture
def editor(viewer: User, team: Team, signed_in: Client) -> Client:
    """A browser of an editor of a team that wants four eyes, with version 2 of a live segment as their draft."""
    TeamMember.objects.filter(team=team, user=viewer).update(role=Role.EDITOR)
    data.make_trait("plan", "text", label="Plan")
    segment = data.live_segment("payers", team, PAID)
    data.save(segment, FREE)
    SegmentVersion.objects.filter(number=2).update(author=viewer)
    Team.objects.filter(pk=team.pk).update(four_eyes=True)
    return signed_in


@pytest.fixture
def approver(team: Team) -> Client:
    """A browser of an approver of the team."""
    person = make_person("ada@example.com", "Ada Approver")
    TeamMember.objects.create(team=team, user=person, role=Role.APPROVER)
    client = Client()
    client.force_login(person)
    return client


def state() -> str:
    return SegmentVersion.objects.get(number=2).state


def test_a_draft_goes_from_its_author_over_an_approver_into_force(editor: Client, approver: Client) -> None:
    assert "Send for review" in text(editor.get(PAGE))
    assert "Approve" not in text(editor.post(f"{PAGE}propose/", follow=True))
    assert "Payers, version 2 People whose Plan is Free." in text(approver.get("/review/approvals/"))
    assert "Approved by Ada Approver" in text(approver.post(f"{PAGE}approve/", follow=True))
    assert "Nothing waits for you" in text(approver.get("/review/approvals/"))
    assert "Version 2 is in force." in text(editor.post(f"{PAGE}publish/", follow=True))
    assert state() == "published"


def test_who_wrote_it_is_told_that_somebody_else_approves(editor: Client, team: Team) -> None:
    editor.post(f"{PAGE}propose/")
    TeamMember.objects.filter(team=team).update(role=Role.APPROVER)
    page = text(editor.get(PAGE))
    assert "Somebody else of the team approves what you wrote." in page
    assert editor.post(f"{PAGE}approve/").status_code == 403
    assert state() == "proposed"


def test_a_rejection_needs_a_reason_which_its_author_reads(editor: Client, approver: Client) -> None:
    editor.post(f"{PAGE}propose/")
    assert "Say why, for those who read it later." in text(approver.post(f"{PAGE}reject/", follow=True))
    approver.post(f"{PAGE}reject/", {"reason": "Free is too wide."})
    page = text(editor.get(PAGE))
    assert "Rejected by Ada Approver" in page
    assert "Free is too wide." in page


def test_a_time_of_publication_is_set_shown_and_taken_back(editor: Client, team: Team) -> None:
    Team.objects.filter(pk=team.pk).update(four_eyes=False)
    at = (timezone.localtime() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    page = text(editor.post(f"{PAGE}schedule/", {"at": at}, follow=True))
    assert "as Vera Viewer has set" in page
    assert "Take the time back" in page
    editor.post(f"{PAGE}unschedule/")
    assert SegmentVersion.objects.get(number=2).publish_at is None
    assert "Name a day and a time" in text(editor.post(f"{PAGE}schedule/", {"at": "soon"}, follow=True))


def test_an_administrator_publishes_without_approval_and_everybody_reads_why(editor: Client, client: Client) -> None:
    assert editor.post(f"{PAGE}override/", {"reason": "Now."}).status_code == 403
    client.force_login(make_administrator())
    assert "Publish without approval" in text(client.get(PAGE))
    client.post(f"{PAGE}override/", {"reason": "The approver is ill."})
    assert state() == "published"
    assert "without the approval that the team wants: The approver is ill." in text(
        client.get("/segments/payers/versions/")
    )
    assert "PUBLISHED version 2 of Payers WITHOUT THE APPROVAL" in text(client.get("/audit/"))


def test_an_approval_that_was_voided_meanwhile_is_said_and_nothing_is_approved(
    editor: Client, approver: Client, team: Team
) -> None:
    editor.post(f"{PAGE}propose/")
    data.save(SegmentVersion.objects.get(number=2).segment, {"not": PAID})
    assert "Version 2 is draft now, not proposed" in text(approver.post(f"{PAGE}approve/", follow=True))
    assert (state(), AuditEntry.objects.filter(action="segment.approve").count()) == ("draft", 0)


def test_the_page_shows_what_changes_against_the_version_in_force(editor: Client) -> None:
    assert "What changes against version 1, which is in force" in text(editor.get(PAGE))
    assert "Plan is Free" in text(editor.get(f"{PAGE}changes/?against=1"))


def test_the_page_and_the_list_stay_within_twelve_queries(editor: Client, approver: Client) -> None:
    services.propose(actor=INSTALLATION, version=SegmentVersion.objects.get(number=2))
    for client, page in ((editor, PAGE), (approver, "/review/approvals/")):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page).status_code == 200
        assert len(captured) <= 12
