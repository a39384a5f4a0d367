"""Connections of a team: who sees them, what is asked, and that secrets are written and never shown."""

from contextlib import closing

import pytest
from django.test import Client

from accounts.actors import INSTALLATION
from accounts.models import AuditEntry, Role, Team, TeamMember, User
from activations import connections, services
from activations.destinations.base import Mode, Sync
from activations.models import Connection
from tests.accounts.test_every_service import a_secret
from tests.activations.contract import COLUMNS, person
from tests.pages.company import make_activation, make_connection, make_segment, make_team
from tests.pages.reading import text

SECRET = a_secret(b"k")
ENDING = SECRET.rstrip("=")[-4:]
URL = "https://receiver.example.com/hook"


@pytest.fixture
def editor(viewer: User, team: Team) -> User:
    TeamMember.objects.filter(team=team, user=viewer).update(role=Role.EDITOR)
    return viewer


@pytest.fixture
def webhook(team: Team) -> Connection:
    config = {"url": URL, "secret": SECRET, "size": "64"}
    return services.create_connection(actor=INSTALLATION, team=team, kind="webhook", name="Receiver", config=config)


def test_a_viewer_reads_the_values_and_of_secrets_the_ending(signed_in: Client, webhook: Connection) -> None:
    response = signed_in.get(f"/connections/{webhook.pk}/")
    assert f"Signing secret ends in {ENDING}" in text(response)
    assert URL in text(response)
    assert SECRET not in response.content.decode()
    assert "Test the connection" not in text(response)


def test_an_editor_changes_it_and_leaves_the_secret_alone(signed_in: Client, editor: User, webhook: Connection) -> None:
    page = signed_in.get(f"/connections/{webhook.pk}/")
    assert f"One that ends in {ENDING} is on file" in text(page)
    assert SECRET not in page.content.decode()
    before = webhook.secrets
    given = {"name": "New name", "config_url": URL, "config_secret": "", "config_size": "20"}
    assert signed_in.post(f"/connections/{webhook.pk}/", given).status_code == 302
    webhook.refresh_from_db()
    assert (webhook.name, webhook.config["size"], webhook.secrets) == ("New name", "20", before)


def test_another_address_asks_for_the_secret_again(signed_in: Client, editor: User, webhook: Connection) -> None:
    given = {
        "name": "Receiver",
        "config_url": "https://elsewhere.example.com/",
        "config_secret": "",
        "config_size": "64",
    }
    page = signed_in.post(f"/connections/{webhook.pk}/", given)
    assert "The address changes, so enter again what is meant for it only: Signing secret." in text(page)
    webhook.refresh_from_db()
    assert webhook.config["url"] == URL


def test_a_viewer_may_not_change_test_or_delete(signed_in: Client, webhook: Connection) -> None:
    entries = AuditEntry.objects.count()
    for verb in ("", "test/", "delete/"):
        assert signed_in.post(f"/connections/{webhook.pk}/{verb}", {"name": "x"}).status_code == 403
    webhook.refresh_from_db()
    assert (webhook.name, AuditEntry.objects.count()) == ("Receiver", entries)


def test_those_of_another_team_are_not_there(signed_in: Client, team: Team) -> None:
    foreign = make_connection(make_team("sales"), "Secret board")
    for address in (f"/connections/{foreign.pk}/", "/teams/sales/connections/"):
        response = signed_in.get(address)
        assert response.status_code in (403, 404)
        assert "Secret board" not in text(response)
    assert signed_in.post(f"/connections/{foreign.pk}/test/").status_code == 404


def test_a_tool_is_connected_for_a_team_in_which_one_edits(signed_in: Client, editor: User, team: Team) -> None:
    make_team("sales")
    assert "Files HubSpot Mailchimp Sandbox Slack Webhook" in text(signed_in.get("/connections/new/"))
    page = text(signed_in.get("/connections/new/?kind=files"))
    assert "Growth marketing" in page
    assert "Sales" not in page
    given = {
        "team": team.pk,
        "name": "Disk",
        "config_folder": "out",
        "config_compression": "none",
        "config_newline": "lf",
    }
    response = signed_in.post("/connections/new/?kind=files", given)
    made = Connection.objects.get()
    assert response.headers["Location"] == f"/connections/{made.pk}/"
    assert (made.team, made.kind, made.config["folder"]) == (team, "files", "out")


def test_bad_values_are_said_at_their_field(signed_in: Client, editor: User, team: Team) -> None:
    given = {
        "team": team.pk,
        "name": "Hook",
        "config_url": "http://10.0.0.1/",
        "config_secret": "x",
        "config_size": "64",
    }
    page = signed_in.post("/connections/new/?kind=webhook", given)
    assert "It must look like this: whsec_" in text(page)
    assert 'value="http://10.0.0.1/"' in page.content.decode()
    assert 'value="x"' not in page.content.decode()
    assert (Connection.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_within_a_set_up_it_becomes_the_choice(signed_in: Client, editor: User, team: Team) -> None:
    given = {
        "team": team.pk,
        "name": "Disk",
        "config_folder": "out",
        "config_compression": "none",
        "config_newline": "lf",
    }
    response = signed_in.post("/connections/new/?kind=files", given, headers={"HX-Request": "true"})
    made = Connection.objects.get()
    assert response.headers["HX-Retarget"] == "#connections"
    assert f'value="{made.pk}" checked' in " ".join(response.content.decode().split())


def test_a_next_address_elsewhere_is_not_followed(signed_in: Client, editor: User) -> None:
    assert signed_in.get("/connections/new/?kind=files&next=//example.com/").status_code == 404


def test_a_test_says_whether_it_works(signed_in: Client, editor: User, team: Team) -> None:
    disk = Connection.objects.create(team=team, kind="files", name="Disk", config={"folder": "out"})
    assert "It works" in text(signed_in.post(f"/connections/{disk.pk}/test/", headers={"HX-Request": "true"}))
    bad = Connection.objects.create(team=team, kind="files", name="Bad", config={"folder": "../.."})
    page = text(signed_in.post(f"/connections/{bad.pk}/test/", headers={"HX-Request": "true"}))
    assert "Does not work" in page
    assert "not below the exports folder" in page


def test_one_in_use_stays(signed_in: Client, editor: User, team: Team) -> None:
    disk = make_connection(team, "Disk")
    activation = make_activation(make_segment("trials", team), disk, "Out")
    page = signed_in.post(f"/connections/{disk.pk}/delete/", follow=True)
    assert "Activations send through this connection" in text(page)
    assert Connection.objects.count() == 1
    activation.delete()
    assert "Disk is deleted." in text(signed_in.post(f"/connections/{disk.pk}/delete/", follow=True))
    assert Connection.objects.count() == 0


def test_what_arrived_in_a_sandbox_is_shown_with_the_permission_and_is_on_record(
    signed_in: Client, viewer: User, team: Team
) -> None:
    box = services.create_connection(actor=INSTALLATION, team=team, kind="sandbox", name="Box", config={})
    address = f"/connections/{box.pk}/"
    assert "What arrived is personal data" in text(signed_in.get(address))
    assert signed_in.get(address, {"look": "1"}).status_code == 403
    User.objects.filter(pk=viewer.pk).update(sees_personal_data=True)
    assert "Nothing has arrived yet" in text(signed_in.get(address, {"look": "1"}))
    with closing(connections.opened(box)) as tool:
        tool.begin(Sync(1, 1, "vip-there", "vip", Mode.MIRROR, COLUMNS, None))
        tool.add([person("ann@a.io", "pro"), person("bob@a.io", None)])
    assert "ann@a.io" not in text(signed_in.get(address))
    page = text(signed_in.get(address, {"look": "1"}))
    assert "email plan bob@a.io ann@a.io pro" in page
    [entry] = AuditEntry.objects.filter(action="deliveries.read")
    assert entry.after == {"customers": 2}
