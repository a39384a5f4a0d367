"""The demo's pretend tools: connected, synced, broken, read about, mended, with nothing but the difference sent."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client, override_settings
from django.urls import clear_url_caches
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.actors import INSTALLATION
from accounts.models import TeamMember, User
from activations import services
from activations.engine import runner
from activations.models import Activation, Connection, SyncRun
from lib.http.addresses import AllowList
from profiles.models import Profile
from profiles.services import set_consent
from tests.activations import building
from tests.pages.company import make_person, make_team

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def demo(settings: Settings, tmp_path: Path) -> Iterator[None]:
    """The routes of an installation with the demo on."""
    settings.REGISTRY_HOME, settings.DEMO = tmp_path, True
    settings.OUTBOUND_ALLOW = AllowList.parse(["localhost", "127.0.0.1"])
    with override_settings(ROOT_URLCONF="tests.demo.urls"):
        clear_url_caches()
        yield
    clear_url_caches()


@pytest.fixture
def newcomer(client: Client) -> Client:
    person = make_person("maya@example.com")
    make_team("shop", people=[person])
    User.objects.filter(pk=person.pk).update(sees_personal_data=True)
    client.force_login(person)
    return client


def sync(activation: Activation) -> SyncRun:
    run = services.request_sync(actor=INSTALLATION, activation=activation)
    assert runner.perform(run.pk)
    run.refresh_from_db()
    return run


@pytest.mark.parametrize("kind", ["mailchimp", "hubspot", "slack"])
def test_a_newcomer_connects_syncs_breaks_and_mends_a_tool(
    kind: str, newcomer: Client, live_server: LiveServer
) -> None:
    newcomer.post(f"/demo/tools/{kind}/connect/", headers={"host": live_server.url.removeprefix("http://")})
    connection = Connection.objects.get()
    newcomer.post(f"/demo/tools/{kind}/connect/")
    assert Connection.objects.count() == 1
    assert services.test_connection(actor=INSTALLATION, connection=connection) == ""
    building.traits(plan="text")
    people = [building.a_person(f"p{number}@a.io", plan="pro") for number in range(3)]
    for person in people:
        set_consent(actor=INSTALLATION, profile=person, states={"email": "granted"}, source="test")
    segment = building.a_segment()
    building.has_members(segment, people[:2])
    channel = "" if kind == "slack" else "email"
    activation = building.an_activation(segment, connection, channel=channel)
    assert sync(activation).added == 2
    assert b"p1@a.io" in newcomer.get("/demo/tools/").content

    newcomer.post(f"/demo/tools/{kind}/behave/", {"mood": "locked"})
    building.has_members(segment, people)
    assert "did not let us in" in sync(activation).failure
    newcomer.post(f"/demo/tools/{kind}/behave/", {"mood": "down"})
    services.resume(actor=INSTALLATION, activation=activation)
    down = sync(activation)
    assert "answered with 503. It is tried again" in down.failure
    newcomer.post(f"/demo/tools/{kind}/behave/", {"mood": "well"})
    mended = sync(activation)
    assert (mended.pk, mended.state, mended.added, mended.unchanged) == (down.pk, SyncRun.State.SUCCEEDED, 1, 2)
    assert b"p2@a.io" in newcomer.get("/demo/tools/").content


def test_the_page_is_for_those_who_may_see_personal_data(newcomer: Client) -> None:
    User.objects.update(sees_personal_data=False)
    assert newcomer.get("/demo/tools/").status_code == 403
    assert newcomer.post("/demo/tools/slack/behave/", {"mood": "down"}).status_code == 403
    assert not Profile.objects.exists()


def test_who_edits_nowhere_connects_nothing(newcomer: Client) -> None:
    TeamMember.objects.update(role="viewer")
    assert newcomer.post("/demo/tools/slack/connect/").status_code == 403
    assert newcomer.post("/demo/tools/nothing/connect/").status_code == 404
    assert not Connection.objects.exists()
