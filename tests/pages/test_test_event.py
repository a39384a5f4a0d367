"""A test event from a person's page: taken like any other, for those who may, with a reason where it can't be."""

import pytest
from django.test import Client

from accounts.models import AuditEntry, Role, Team, TeamMember, User
from profiles.models import EventType, Profile, TailEvent
from segments import membership
from segments.increments.work import work as take_signals
from segments.runs.work import work as count_everybody
from tests.pages.reading import text
from tests.segments import data

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ann(db: None) -> Profile:
    """Somebody who has ordered nothing yet."""
    data.make_event_type("ordered", total="number")
    return data.make_profile("ann-17")


@pytest.fixture
def editor(viewer: User, team: Team, client: Client) -> Client:
    """A browser of an editor who may see personal data."""
    User.objects.filter(pk=viewer.pk).update(sees_personal_data=True)
    TeamMember.objects.filter(team=team, user=viewer).update(role=Role.EDITOR)
    client.force_login(viewer)
    return client


def form(properties: str = "") -> dict[str, str]:
    event = str(EventType.objects.get(name="ordered").pk)
    return {"event": event, "properties": properties}


def test_a_test_event_is_in_the_timeline_and_moves_members(editor: Client, ann: Profile, team: Team) -> None:
    segment = data.live_segment(
        "buyers", team, {"event": "ordered", "of": "total", "measure": "sum", "op": "gte", "value": 20}
    )
    count_everybody()
    response = editor.post(f"/profiles/id/{ann.pk}/test-event/", form('{"total": 20}'), follow=True)
    assert "“ordered” was sent." in text(response)
    event = TailEvent.objects.get()
    assert (event.profile_id, event.properties) == (ann.pk, {"total": 20})
    assert "ordered" in text(editor.get(f"/profiles/id/{ann.pk}/timeline/"))
    take_signals()
    assert set(membership.load(segment.pk)) == {ann.pk}


def test_it_is_on_record_without_the_values(editor: Client, ann: Profile, team: Team) -> None:
    editor.post(f"/profiles/id/{ann.pk}/test-event/", form('{"total": 20}'))
    entry = AuditEntry.objects.get(action="event.send_test")
    assert (entry.target_key, entry.team_key) == ("ordered", team.key)
    assert entry.after == {"profile": ann.pk, "properties": ["total"]}


@pytest.mark.parametrize(
    ("properties", "why"),
    [
        ("{", "This is no JSON"),
        ("[]", "Write an object"),
        ('{"total": "much"}', "This event was not taken: property"),
    ],
)
def test_what_cannot_be_taken_is_told_in_the_form(editor: Client, ann: Profile, properties: str, why: str) -> None:
    response = editor.post(f"/profiles/id/{ann.pk}/test-event/", form(properties), headers={"HX-Request": "true"})
    assert why in text(response)
    assert not TailEvent.objects.exists()
    assert not AuditEntry.objects.filter(action="event.send_test").exists()


def test_who_edits_in_no_team_is_not_offered_it_and_sends_nothing(editor: Client, ann: Profile) -> None:
    TeamMember.objects.update(role=Role.VIEWER)
    assert "Send a test event" not in text(editor.get(f"/profiles/id/{ann.pk}/"))
    assert editor.post(f"/profiles/id/{ann.pk}/test-event/", form()).status_code == 403
    assert not TailEvent.objects.exists()


def test_somebody_with_only_an_address_cannot_be_sent_about(editor: Client, ann: Profile) -> None:
    bob = data.make_profile(None, email="bob@example.com")
    assert "this one has neither" in text(editor.post(f"/profiles/id/{bob.pk}/test-event/", form()))
    assert not TailEvent.objects.exists()
