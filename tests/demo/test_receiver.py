"""The demo's receiver: what it takes, what it refuses, who sees what."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import clear_url_caches
from pytest_django import Settings

from accounts.models import User
from config import urls
from demo.receiver.inbox import KEPT, Inbox
from demo.receiver.signature import is_genuine, shared_secret
from tests.pages.company import make_person

INBOX = "/demo/receiver/inbox/"
MESSAGE = {
    "type": "segment.membership.changed",
    "data": {"activation": "call-today", "segment": "pricing-together", "run": 7, "removed": [],
             "added": [{"company_id": "c-0001", "name": "Alvora Freight Ltd"}]},
}  # fmt: skip


@pytest.fixture(autouse=True)
def demo(settings: Settings, tmp_path: Path) -> Iterator[None]:
    """The routes of an installation with the demo on."""
    settings.REGISTRY_HOME = tmp_path
    with override_settings(ROOT_URLCONF="tests.demo.urls"):
        clear_url_caches()
        yield
    clear_url_caches()


def send(client: Client, tmp_path: Path, *, message_id: str = "msg_1", age: int = 0, secret: str = "") -> HttpResponse:
    """A message as the registry signs it, `age` seconds ago."""
    body = json.dumps(MESSAGE).encode()
    seconds = str(int(time.time()) - age)
    key = base64.b64decode((secret or shared_secret(tmp_path / "demo")).removeprefix("whsec_"))
    digest = hmac.digest(key, f"{message_id}.{seconds}.".encode() + body, hashlib.sha256)
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": "v1," + base64.b64encode(digest).decode(),
    }
    return client.post(INBOX, body, content_type="application/json", headers=headers)  # type: ignore[return-value]


def kept(tmp_path: Path) -> list[str]:
    return [message.id for message in Inbox(tmp_path / "demo" / "received.sqlite3").latest(KEPT)]


def test_the_signature_is_that_of_standard_webhooks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The vector of the specification's own library."""
    monkeypatch.setattr(time, "time", lambda: 1_614_265_330.0)
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    assert is_genuine("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", headers, b'{"test": 2432232314}')
    assert not is_genuine("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", headers, b'{"test": 2432232315}')


def test_a_genuine_message_is_taken_once(client: Client, tmp_path: Path) -> None:
    assert [send(client, tmp_path).status_code for _ in range(2)] == [204, 204]
    assert kept(tmp_path) == ["msg_1"]


@pytest.mark.parametrize("wrong", [{"age": 301}, {"age": -301}, {"secret": "whsec_" + "A" * 32}])
def test_a_message_that_is_old_or_signed_by_somebody_else_is_refused(
    client: Client, tmp_path: Path, wrong: dict[str, object]
) -> None:
    assert send(client, tmp_path, **wrong).status_code == 401  # type: ignore[arg-type]
    assert kept(tmp_path) == []


def test_the_oldest_messages_go(client: Client, tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "demo" / "received.sqlite3")
    for number in range(KEPT + 3):
        inbox.take(f"msg_{number}", MESSAGE, json.dumps(MESSAGE))
    assert (len(kept(tmp_path)), kept(tmp_path)[-1]) == (KEPT, "msg_3")


def test_the_page_shows_what_came_and_only_those_who_may_see_customers_see_who(
    client: Client, tmp_path: Path, db: None
) -> None:
    send(client, tmp_path)
    assert client.get("/demo/receiver/").status_code == 302
    for email, sees in (("with@example.com", True), ("without@example.com", False)):
        person: User = make_person(email, "Somebody")
        person.sees_personal_data = sees
        person.save()
        client.force_login(person)
        page = client.get("/demo/receiver/").content.decode()
        assert "pricing-together" in page
        assert ("Alvora Freight Ltd" in page) is sees
        assert page.count("Alvora Freight Ltd") <= 1  # in its row, and not among the notices of the shell


def test_an_installation_without_the_demo_has_no_such_address(client: Client, db: None) -> None:
    with override_settings(ROOT_URLCONF="config.urls"):
        clear_url_caches()
        assert all("demo" not in str(pattern.pattern) for pattern in urls.urlpatterns if hasattr(pattern, "pattern"))
        assert client.post(INBOX).status_code == 404
