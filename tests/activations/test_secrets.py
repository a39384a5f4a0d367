"""Secrets of connections: encrypted in the database, shown to nobody, and encrypted anew on demand."""

import json
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import connection as database
from django.forms import PasswordInput
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.actors import INSTALLATION, Actor
from accounts.models import AuditEntry, TeamMember, User
from activations import connections, forms, services
from activations.models import Connection
from lib import crypto
from tests.activations import building
from tests.activations.destinations.webhook.emulator import SECRET

pytestmark = pytest.mark.django_db(transaction=True)

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
URL = "https://hooks.example.com/registry"
OTHER_SECRET = "whsec_" + "B" * 40


@pytest.fixture(autouse=True)
def _keys(settings: Settings) -> None:
    settings.REGISTRY_SECRET_KEYS = [OLD]


def a_webhook(name: str = "Hook") -> Connection:
    return building.a_connection("webhook", name, url=URL, secret=SECRET)


def change(made: Connection, **config: str) -> Connection:
    return services.update_connection(actor=INSTALLATION, connection=made, name=made.name, config=config)


def test_the_secret_is_in_the_database_only_encrypted() -> None:
    made = a_webhook()
    with database.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(activations_connection)::text FROM activations_connection")
        [(row,)] = cursor.fetchall()
        cursor.execute("SELECT string_agg(to_jsonb(accounts_auditentry)::text, ' ') FROM accounts_auditentry")
        [(log,)] = cursor.fetchall()
    assert SECRET not in row
    assert SECRET not in log
    assert made.config == {"url": URL, "size": "256"}
    assert connections.opened(made).config["secret"] == SECRET
    assert SECRET not in repr(vars(connections.opened(made)))
    assert '"config.secret": "…"' in log


def test_a_secret_that_is_left_out_stays_and_one_that_is_given_replaces_it() -> None:
    made = a_webhook()
    change(made, url=URL, size="20")
    assert connections.opened(made).config == {"url": URL, "secret": SECRET, "size": "20"}
    change(made, url=URL, secret=OTHER_SECRET)
    assert connections.opened(made).config["secret"] == OTHER_SECRET
    assert AuditEntry.objects.filter(
        action="connection.change", after={"config.secret": "…", "config.size": "256"}
    ).exists()


def test_a_secret_does_not_follow_to_another_address() -> None:
    made = a_webhook()
    with pytest.raises(ValidationError, match="enter again what is meant for it only: Signing secret"):
        change(made, url="https://elsewhere.example.com/")
    made.refresh_from_db()
    assert made.config["url"] == URL
    change(made, url="https://elsewhere.example.com/", secret=OTHER_SECRET)
    assert connections.opened(made).config["url"] == "https://elsewhere.example.com/"


def test_a_connection_without_its_secret_is_refused() -> None:
    for config in ({"url": URL}, {"url": URL, "secret": ""}):
        with pytest.raises(ValidationError, match="secret: This field is required"):
            connections.stored("webhook", config)


def test_forms_ask_for_a_secret_and_never_show_it() -> None:
    made = a_webhook()
    form = forms.connection_form("webhook")(instance=made)
    assert isinstance(form.fields["config_secret"].widget, PasswordInput)
    page = str(form)
    assert SECRET not in page
    assert made.secrets["secret"] not in page
    assert f"One that ends in {SECRET[-4:]} is on file" in page


@pytest.fixture
def admin_client(settings: Settings) -> Client:
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # nothing is collected here
    }
    client = Client()
    client.force_login(User.objects.create_superuser("root@a.io"))
    return client


def test_the_admin_site_takes_secrets_keeps_them_and_shows_none(admin_client: Client) -> None:
    add = reverse("admin:activations_connection_add") + "?kind=webhook"
    values = {"team": building.a_team().pk, "name": "Hook", "config_url": URL, "config_size": "256"}
    refused = admin_client.post(add, values | {"config_url": "http://10.0.0.1/", "config_secret": SECRET})
    assert b"not on the public internet" in refused.content
    assert SECRET.encode() not in refused.content
    admin_client.post(add, values | {"config_secret": SECRET})
    made = Connection.objects.get()
    page = reverse("admin:activations_connection_change", args=[made.pk])
    shown = admin_client.get(page).content.decode()
    assert SECRET not in shown
    assert made.secrets["secret"] not in shown
    admin_client.post(page, values | {"config_size": "20", "config_secret": ""})
    made.refresh_from_db()
    assert connections.opened(made).config == {"url": URL, "secret": SECRET, "size": "20"}
    moved = admin_client.post(page, values | {"config_url": "https://else.example/", "config_secret": ""})
    assert b"enter again what is meant for it only" in moved.content
    history = admin_client.get(reverse("admin:activations_connection_history", args=[made.pk])).content.decode()
    assert SECRET not in history


def rotate() -> dict[str, int]:
    out = StringIO()
    call_command("rotate_secrets", stdout=out)
    counts: dict[str, int] = json.loads(out.getvalue())
    return counts


def test_rotation_encrypts_everything_with_the_first_key_once(settings: Settings) -> None:
    made = [a_webhook(f"Hook {number}") for number in range(3)]
    building.a_connection()
    settings.REGISTRY_SECRET_KEYS = [NEW, OLD]
    assert rotate() == {"changed": 3, "unchanged": 0}
    assert rotate() == {"changed": 0, "unchanged": 3}
    settings.REGISTRY_SECRET_KEYS = [NEW]
    for connection in made:
        connection.refresh_from_db()
        assert connections.opened(connection).config["secret"] == SECRET
    assert AuditEntry.objects.filter(action="connection.rotate").count() == 3


def test_rotation_that_was_cut_short_goes_on(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        a_webhook(f"Hook {number}")
    settings.REGISTRY_SECRET_KEYS = [NEW, OLD]
    reseal = crypto.reseal
    done: list[str] = []

    def dying(sealed: str) -> str:
        if len(done) == 1:
            raise KeyboardInterrupt
        done.append(sealed)
        return reseal(sealed)

    monkeypatch.setattr(crypto, "reseal", dying)
    with pytest.raises(KeyboardInterrupt):
        rotate()
    assert all(connections.opened(found).config["secret"] == SECRET for found in Connection.objects.all())
    monkeypatch.setattr(crypto, "reseal", reseal)
    assert rotate() == {"changed": 2, "unchanged": 1}


def test_rotation_names_what_it_cannot_read_and_does_the_rest(settings: Settings) -> None:
    a_webhook("Lost")
    settings.REGISTRY_SECRET_KEYS = [NEW]
    a_webhook("Fine")
    newest = Fernet.generate_key().decode()
    settings.REGISTRY_SECRET_KEYS = [newest, NEW]
    with pytest.raises(CommandError, match=r"Lost: A stored secret can't be read.* 1 others were encrypted anew"):
        rotate()
    settings.REGISTRY_SECRET_KEYS = [newest]
    assert connections.opened(Connection.objects.get(name="Fine")).config["secret"] == SECRET


def test_only_the_installation_rotates() -> None:
    member = User.objects.create_user("ed@a.io")
    TeamMember.objects.create(team=building.a_team(), user=member, role=TeamMember.Role.ADMIN)
    with pytest.raises(PermissionDenied):
        services.rotate_secrets(actor=Actor(member))


def test_a_lost_key_says_what_to_do(settings: Settings) -> None:
    made = a_webhook()
    settings.REGISTRY_SECRET_KEYS = [NEW]
    assert "enter the secrets of the connection again" in services.test_connection(actor=INSTALLATION, connection=made)
    settings.REGISTRY_SECRET_KEYS = []
    with pytest.raises(ValidationError, match="Set REGISTRY_SECRET_KEYS"):
        a_webhook("Another")
