"""What people do with a segment from its pages: count, pause, resume, retire, publish, roll back."""

import pytest
from django.test import Client

from accounts.models import AuditEntry, Role, Team, TeamMember, User
from activations.models import Activation
from segments.models import Run, Segment, SegmentVersion
from tests.pages.company import make_activation, make_connection, make_person, make_team
from tests.pages.reading import text
from tests.segments import data

PAID, FREE = ({"trait": "plan", "op": "eq", "value": value} for value in ("Paid", "Free"))


@pytest.fixture
def editor(viewer: User, team: Team, signed_in: Client) -> Client:
    """A browser of an editor of the team."""
    TeamMember.objects.filter(team=team, user=viewer).update(role=Role.EDITOR)
    data.make_trait("plan", "text", label="Plan")
    return signed_in


def become(viewer: User, role: Role) -> None:
    TeamMember.objects.filter(user=viewer).update(role=role)


def state_of(segment: Segment) -> str:
    return str(Segment.objects.values_list("state", flat=True).get(pk=segment.pk))


def test_a_count_is_asked_for_and_shown_as_on_its_way(editor: Client, team: Team) -> None:
    segment = data.live_segment("payers", team, PAID)
    Run.objects.all().delete()
    response = editor.post("/segments/payers/recompute/", follow=True)
    assert response.redirect_chain == [("/segments/payers/", 302)]
    assert "A count has been asked for and starts in a moment." in text(response)
    assert Run.objects.get(segment=segment).trigger == Run.Trigger.MANUAL


def test_pausing_asks_first_and_says_what_goes_on(editor: Client, team: Team) -> None:
    segment = data.live_segment("payers", team, PAID)
    make_activation(segment, make_connection(team, "Board"), "Calls")
    asked = text(editor.get("/segments/payers/pause/"))
    assert "Pause Payers?" in asked
    assert "The activation “Calls” to Board goes on with the members of the last count." in asked
    assert state_of(segment) == Segment.State.LIVE
    editor.post("/segments/payers/pause/")
    assert state_of(segment) == Segment.State.PAUSED
    editor.post("/segments/payers/resume/")
    assert state_of(segment) == Segment.State.LIVE


def test_retiring_is_for_approvers_and_waits_for_activations_to_be_paused(
    editor: Client, viewer: User, team: Team
) -> None:
    segment = data.live_segment("payers", team, PAID)
    activation = make_activation(segment, make_connection(team, "Board"), "Calls")
    assert "Retire…" not in text(editor.get("/segments/payers/"))
    assert editor.post("/segments/payers/retire/").status_code == 403
    become(viewer, Role.APPROVER)
    assert "Retire…" in text(editor.get("/segments/payers/"))
    asked = text(editor.get("/segments/payers/retire/"))
    assert f"Pause or delete that first: activation &#x27;{activation.key}&#x27;" in asked
    assert "Retire for good" not in asked
    assert "stands on it" in text(editor.post("/segments/payers/retire/", follow=True))
    assert state_of(segment) == Segment.State.LIVE
    Activation.objects.update(state=Activation.State.PAUSED)
    assert "The activation “Calls” to Board is paused already" in text(editor.get("/segments/payers/retire/"))
    editor.post("/segments/payers/retire/")
    assert state_of(segment) == Segment.State.RETIRED


def test_a_segment_that_others_name_says_which_are_in_the_way(editor: Client, viewer: User, team: Team) -> None:
    become(viewer, Role.APPROVER)
    segment = data.live_segment("payers", team, PAID)
    data.live_segment("friends", team, {"segment": "payers"})
    page = text(editor.get("/segments/payers/retire/"))
    assert "It can't be retired while other segments name it" in page
    assert "Friends" in page
    assert "Retire for good" not in page
    refused = text(editor.post("/segments/payers/retire/", follow=True))
    assert state_of(segment) == Segment.State.LIVE
    assert "be retired while others refer to it" in refused


def test_a_draft_is_published_from_the_list_of_versions(editor: Client, team: Team) -> None:
    segment = data.live_segment("payers", team, PAID)
    data.save(segment, FREE)
    page = text(editor.get("/segments/payers/versions/"))
    assert "Version 2 Draft saved" in page
    assert "Version 1 In force published" in page
    editor.post("/segments/payers/versions/2/publish/")
    segment.refresh_from_db()
    assert segment.published is not None
    assert segment.published.number == 2


def test_rolling_back_puts_the_old_definition_in_force_as_a_new_version(editor: Client, team: Team) -> None:
    segment = data.live_segment("payers", team, PAID)
    data.publish(segment, FREE)
    editor.post("/segments/payers/versions/1/again/")
    segment.refresh_from_db()
    assert segment.published is not None
    assert (segment.published.number, segment.published.note) == (3, "Back to version 1")
    assert segment.published.definition["rule"] == PAID
    assert list(AuditEntry.objects.values_list("action", flat=True)[:2]) == ["segment.publish", "segment.save_version"]


def test_where_four_eyes_are_wanted_a_roll_back_is_sent_for_review(editor: Client, viewer: User, team: Team) -> None:
    segment = data.live_segment("payers", team, PAID)
    data.publish(segment, FREE)
    Team.objects.filter(pk=team.pk).update(four_eyes=True)
    become(viewer, Role.APPROVER)
    editor.post("/segments/payers/versions/1/again/")
    assert SegmentVersion.objects.get(number=3).state == SegmentVersion.State.PROPOSED
    assert "/publish/" not in editor.get("/segments/payers/versions/3/").content.decode()
    refused = text(editor.post("/segments/payers/versions/3/publish/", follow=True))
    assert "wants four eyes: send version 3 for review" in refused
    assert SegmentVersion.objects.get(number=3).state == SegmentVersion.State.PROPOSED


@pytest.mark.parametrize(
    "address", ["recompute/", "pause/", "resume/", "retire/", "versions/2/publish/", "versions/1/again/"]
)
def test_people_of_other_teams_may_do_nothing(client: Client, team: Team, address: str) -> None:
    data.make_trait("plan", "text")
    segment = data.live_segment("payers", team, PAID)
    data.save(segment, FREE)
    outsider = make_person("outsider@example.com")
    make_team("others", people=[outsider])
    client.force_login(outsider)
    before = AuditEntry.objects.count()
    assert client.post(f"/segments/payers/{address}").status_code in (403, 404)
    assert (state_of(segment), AuditEntry.objects.count()) == (Segment.State.LIVE, before)
    assert "page-actions" not in client.get("/segments/payers/").content.decode()


def test_what_was_done_is_told_to_the_team_only(editor: Client, client: Client, team: Team) -> None:
    data.live_segment("payers", team, PAID)
    editor.post("/segments/payers/pause/")
    page = text(editor.get("/segments/payers/audit/"))
    assert "Vera Viewer paused" in page
    assert page.index("paused") < page.index("published")
    client.force_login(make_person("outsider@example.com"))
    assert "Nothing that you may see" in text(client.get("/segments/payers/audit/"))


@pytest.mark.parametrize("address", ["recompute/", "resume/", "versions/1/publish/", "versions/1/again/"])
def test_reading_an_address_does_nothing(editor: Client, team: Team, address: str) -> None:
    data.live_segment("payers", team, PAID)
    assert editor.get(f"/segments/payers/{address}").status_code == 405
