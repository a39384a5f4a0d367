"""Signing in and out, and what nobody sees without."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django import Settings

from accounts import throttle
from accounts.models import User
from tests.pages.company import PASSWORD, make_person
from tests.pages.reading import text
from tests.served import free_port

OPEN = {"healthz", "sign-in/", "admin/login/", "favicon.ico"}
PAGES_OF_THE_API = {"api/v1/reference/"}


@pytest.fixture(autouse=True)
def private_cache(settings: Settings, tmp_path: Path) -> None:
    """Counts of this test alone."""
    settings.CACHES = {"default": {**settings.CACHES["default"], "KEY_PREFIX": str(tmp_path)}}


def sign_in(client: Client, email: str, password: str = PASSWORD, **query: str) -> str:
    response = client.post("/sign-in/", {"username": email, "password": password, **query}, follow=True)
    return text(response)


def is_signed_in(client: Client) -> bool:
    return client.get("/segments/").status_code == 200


@pytest.mark.parametrize("email", ["viewer@example.com", "VIEWER@example.com"])
def test_address_and_password_let_in(client: Client, viewer: User, email: str) -> None:
    assert "Every customer group" in sign_in(client, email)
    assert is_signed_in(client)


def test_a_wrong_password_says_what_to_do(client: Client, viewer: User) -> None:
    assert "This address and password do not belong together." in sign_in(client, viewer.email, "wrong")
    assert not is_signed_in(client)


def test_an_unknown_address_is_answered_like_a_wrong_password(client: Client, viewer: User) -> None:
    assert "This address and password do not belong together." in sign_in(client, "nobody@example.com")


def test_signing_out_needs_a_post_and_ends_the_session(signed_in: Client) -> None:
    assert signed_in.get("/sign-out/").status_code == 405
    signed_in.post("/sign-out/")
    assert not is_signed_in(signed_in)


def test_one_is_brought_where_one_wanted_to_go_but_not_elsewhere(client: Client, viewer: User) -> None:
    given = {"username": viewer.email, "password": PASSWORD}
    assert client.post("/sign-in/", given | {"next": "/segments/?view=unused"})["Location"] == "/segments/?view=unused"
    client.logout()
    assert client.post("/sign-in/", given | {"next": "https://evil.example/"})["Location"] == "/segments/"


def test_after_five_wrong_passwords_even_the_right_one_has_to_wait(client: Client, viewer: User) -> None:
    for _ in range(5):
        sign_in(client, viewer.email, "wrong")
    assert "Too many wrong passwords. Wait 5 minutes, then try again." in sign_in(client, viewer.email)
    assert not is_signed_in(client)


def test_the_wait_is_for_one_account_and_one_address(client: Client, viewer: User) -> None:
    other = make_person("other@example.com")
    for _ in range(5):
        sign_in(client, viewer.email, "wrong")
    sign_in(client, other.email)
    assert is_signed_in(client)
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    sign_in(elsewhere, viewer.email)
    assert is_signed_in(elsewhere)


def test_signing_in_forgets_the_wrong_passwords_before(client: Client, viewer: User) -> None:
    for _ in range(2):
        for _ in range(4):
            sign_in(client, viewer.email, "wrong")
        sign_in(client, viewer.email)
        assert is_signed_in(client)
        client.logout()


def test_an_account_is_guarded_against_guesses_from_many_addresses() -> None:
    for number in range(throttle.LIMITS["account"].attempts):
        assert throttle.begin("a@example.com", f"192.0.2.{number}") == 0
    assert throttle.begin("A@example.com", "198.51.100.1") == 5
    assert throttle.begin("b@example.com", "198.51.100.1") == 0


def test_a_dead_cache_keeps_nobody_out(client: Client, viewer: User, settings: Settings) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": f"redis://127.0.0.1:{free_port()}/0"}}
    sign_in(client, viewer.email)
    assert is_signed_in(client)


def test_the_admin_site_uses_the_same_guarded_page(client: Client, viewer: User) -> None:
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == "/sign-in/?next=/admin/"
    assert client.post("/admin/login/", {"username": "x", "password": "y"}).status_code == 302


def test_who_is_no_administrator_is_told_so(signed_in: Client) -> None:
    response = signed_in.get("/admin/", follow=True)
    assert response.status_code == 403
    assert "You may not do this" in response.content.decode()


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> list[str]:
    found = []
    for entry in patterns:
        route = prefix + str(entry.pattern)
        found += routes(entry.url_patterns, route) if isinstance(entry, URLResolver) else [route]
    return found


def test_nothing_else_answers_without_signing_in(client: Client, db: None) -> None:
    for route in routes(get_resolver().url_patterns):
        if route in OPEN or route.startswith("admin/"):
            continue
        address = "/" + re.sub(r"<int:\w+>", "1", re.sub(r"<(slug|customer):\w+>", "key", route))
        address = re.sub(r"<uuid:\w+>", str(uuid4()), address)
        if route.startswith("v1/"):
            refused = client.post(address.replace("<tracking:kind>", "track"), {}, content_type="application/json")
            assert (address, refused.status_code) == (address, 401)
            continue
        response = client.get(address)
        if route.startswith("api/") and route not in PAGES_OF_THE_API:
            assert (address, response.status_code) == (address, 401)
            assert response["Content-Type"] == "application/problem+json"
            continue
        assert (address, response.status_code) == (address, 302)
        assert response["Location"].startswith("/sign-in/?next=")


def test_a_fragment_for_somebody_signed_out_sends_the_whole_page_to_sign_in(client: Client, db: None) -> None:
    response = client.get("/segments/", headers={"HX-Request": "true"})
    assert response["HX-Redirect"] == "/sign-in/?next=/segments/"
    assert response.status_code == 200
    assert response.content == b""
