"""Sessions: made anew when somebody signs in, ended when the password changes or the account is switched off."""

from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import Settings

from accounts import services
from accounts.actors import INSTALLATION
from accounts.models import AuditEntry, User
from tests.accounts.cast import PASSWORD, make_administrator, make_person

pytestmark = pytest.mark.django_db

NEW = "quite another staple of horses"


@pytest.fixture(autouse=True)
def private(settings: Settings) -> None:
    """No static files, and counts of sign-ins of this test alone."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.CACHES = {"default": {**settings.CACHES["default"], "KEY_PREFIX": uuid4().hex}}


@pytest.fixture
def user() -> User:
    return make_person("tom")


def sign_in(user: User, password: str = PASSWORD) -> Client:
    client = Client()
    client.get("/sign-in/")
    client.post("/sign-in/", {"username": user.email, "password": password})
    return client


def is_in(client: Client) -> bool:
    return client.get("/api/v1/me").status_code == 200


def test_the_cookie_of_a_session_is_for_the_browser_and_this_site_only(user: User) -> None:
    cookie = sign_in(user).cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 7 * 86_400)


def test_signing_in_makes_a_new_session(user: User) -> None:
    client = sign_in(make_person("before"))
    before = client.session.session_key
    client.post("/sign-out/")
    client.post("/sign-in/", {"username": user.email, "password": PASSWORD})
    assert client.session.session_key not in (before, None)


def test_a_new_password_keeps_this_session_and_ends_all_others(user: User) -> None:
    here, elsewhere = sign_in(user), sign_in(user)
    before = here.session.session_key
    here.post("/password/", {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW})
    assert (is_in(here), is_in(elsewhere)) == (True, False)
    assert here.session.session_key != before
    assert is_in(sign_in(user, NEW))
    assert not is_in(sign_in(user, PASSWORD))
    assert AuditEntry.objects.get().action == "user.set_password"
    assert NEW not in str(AuditEntry.objects.values().get())


def test_without_the_old_password_it_stays(user: User) -> None:
    client = sign_in(user)
    client.post("/password/", {"old_password": "wrong", "new_password1": NEW, "new_password2": NEW})
    assert is_in(sign_in(user))
    assert not AuditEntry.objects.exists()


def test_an_account_that_is_switched_off_is_out_at_once_and_can_not_come_back(user: User) -> None:
    client = sign_in(user)
    assert is_in(client)
    make_administrator()
    services.deactivate_user(actor=INSTALLATION, user=user)
    assert not is_in(client)
    assert not is_in(sign_in(user))


def test_the_admin_site_sends_its_own_password_page_to_ours(user: User) -> None:
    client = sign_in(make_administrator())
    assert client.get("/admin/password_change/")["Location"] == "/password/"


def test_behind_a_proxy_wrong_passwords_count_for_the_client_and_not_for_what_it_writes(
    user: User, settings: Settings
) -> None:
    settings.TRUSTED_PROXIES = 1
    for number in range(5):
        attacker = Client(headers={"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.5"})
        attacker.post("/sign-in/", {"username": user.email, "password": "wrong"})
    right = {"username": user.email, "password": PASSWORD}
    attacker = Client(headers={"X-Forwarded-For": "198.51.100.99, 203.0.113.5"})
    assert attacker.post("/sign-in/", right).status_code == 200
    assert Client(headers={"X-Forwarded-For": "203.0.113.6"}).post("/sign-in/", right).status_code == 302
