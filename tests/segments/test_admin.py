"""Segments and versions in the stock admin site, as an administrator uses it."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from profiles.models import Unit
from segments.models import Run, Segment, SegmentVersion
from tests.segments import data

pytestmark = pytest.mark.django_db

RULE = {"everyone": True}
EVERYONE = {"unit": "profile", "rule": RULE}


@pytest.fixture
def administrator(client: Client) -> User:
    user = User.objects.create_superuser("admin@example.com", "correct horse")
    client.force_login(user)
    return user


def act(client: Client, model: str, action: str, *rows: int) -> str:
    """What the page says after an action on the chosen rows."""
    chosen = {"action": action, "_selected_action": [str(row) for row in rows]}
    return client.post(reverse(f"admin:segments_{model}_changelist"), chosen, follow=True).content.decode()


def add_version(client: Client, segment: Segment, definition: str) -> str:
    form = {"segment": segment.pk, "definition": definition, "note": "First."}
    return client.post(reverse("admin:segments_segmentversion_add"), form, follow=True).content.decode()


def test_an_administrator_makes_a_segment_a_version_and_publishes_it(client: Client, administrator: User) -> None:
    team = data.make_team()
    form = {
        "key": "all", "name": "Everybody", "team": team.pk, "unit": Unit.PROFILE, "owner": administrator.pk,
        "decision": "We write to them.", "freshness": "01:00:00", "review_on": "2100-01-01",
        "review_months": 3,
    }  # fmt: skip
    client.post(reverse("admin:segments_segment_add"), form)
    segment = Segment.objects.get()
    assert (segment.name, segment.state, segment.owner) == ("Everybody", "draft", administrator)

    page = add_version(client, segment, json.dumps(EVERYONE))
    version = SegmentVersion.objects.get()
    assert (version.definition, version.author, version.note) == (EVERYONE, administrator, "First.")
    assert version.words in page

    assert "is published" in act(client, "segmentversion", "publish", version.pk)
    segment.refresh_from_db()
    assert (segment.state, segment.published) == ("live", version)
    assert Run.objects.get().state == "queued"


def test_mistakes_of_a_definition_are_shown_at_the_field(client: Client, administrator: User) -> None:
    segment = data.make_segment("all", data.make_team())
    doubled = '{"unit": "profile", "unit": "profile", "rule": {"trait": "plan", "op": "eq", "value": 1}}'
    page = add_version(client, segment, doubled)
    assert "unit: The key" in page
    assert "rule.trait: There is no trait" in page
    assert not SegmentVersion.objects.exists()


def test_what_stands_in_the_way_of_publishing_is_said(client: Client, administrator: User) -> None:
    segment = data.make_segment("all", data.make_team(), decision="")
    version = data.save(segment, RULE)
    page = act(client, "segmentversion", "publish", version.pk)
    assert "Say what is done differently" in page
    assert not Run.objects.exists()


def test_actions_on_segments_go_through_the_services(client: Client, administrator: User) -> None:
    segment = data.live_segment("all", data.make_team(), RULE)
    Run.objects.update(state=Run.State.SUCCEEDED)
    assert "is being recomputed" in act(client, "segment", "recompute", segment.pk)
    assert "is paused" in act(client, "segment", "pause", segment.pk)
    assert "resume it first" in act(client, "segment", "recompute", segment.pk)
    assert "is live again" in act(client, "segment", "resume", segment.pk)
    assert "is retired" in act(client, "segment", "retire", segment.pk)
    assert Segment.objects.get().state == "retired"


def test_a_live_segment_can_not_lose_its_contract(client: Client, administrator: User) -> None:
    segment = data.live_segment("all", data.make_team(), RULE)
    form = {
        "name": "New name",
        "owner": administrator.pk,
        "decision": "",
        "freshness": "00:30:00",
        "review_on": "",
        "review_months": 3,
    }
    url = reverse("admin:segments_segment_change", args=[segment.pk])
    page = client.post(url, form).content.decode()
    assert "Say what is done differently" in page
    assert Segment.objects.get().name == "All"
    client.post(url, form | {"decision": "We call them.", "review_on": "2100-01-01"})
    assert (Segment.objects.get().name, Segment.objects.get().decision) == ("New name", "We call them.")


def test_nothing_is_deleted_and_runs_are_only_looked_at(client: Client, administrator: User) -> None:
    segment = data.live_segment("all", data.make_team(), RULE)
    run = Run.objects.get()
    for model, row in (("segment", segment.pk), ("segmentversion", segment.published_id), ("run", run.pk)):
        assert client.get(reverse(f"admin:segments_{model}_changelist")).status_code == 200
        assert client.get(reverse(f"admin:segments_{model}_change", args=[row])).status_code == 200
        assert client.post(reverse(f"admin:segments_{model}_delete", args=[row])).status_code == 403
    assert client.get(reverse("admin:segments_run_add")).status_code == 403


def test_staff_who_are_no_administrators_do_not_get_in(client: Client) -> None:
    editor = data.make_person("editor@example.com", data.make_team())
    editor.is_staff = True
    editor.save()
    client.force_login(editor)
    assert client.get(reverse("admin:segments_segment_changelist")).status_code == 403
