"""Your sessions: where somebody is signed in, and how they sign out there."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import services
from accounts.actors import Actor
from accounts.models import AuditEntry, Session, User
from accounts.sessions import SEEN_EVERY
from lib import clock
from tests.accounts.cast import PASSWORD, make_person, make_token
from tests.pages.reading import text

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Version/19.0 Mobile/15E148 Safari/604"
EDGE = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537 Chrome/140.0.0.0 Safari/537 Edg/140.0.0.0"


@pytest.fixture
def user() -> User:
    return make_person("tom")


def signed_in(user: User, agent: str = FIREFOX, address: str = "192.0.2.7") -> Client:
    client = Client(headers={"User-Agent": agent}, REMOTE_ADDR=address)
    client.post("/sign-in/", {"username": user.email, "password": PASSWORD})
    return client


def is_in(client: Client) -> bool:
    return client.get("/api/v1/me").status_code == 200


def session_of(client: Client) -> Session:
    return Session.objects.get(pk=client.session.session_key)


def end(client: Client, session: Session) -> Any:
    return client.post(f"/account/sessions/{session.public_id}/end/")


def test_each_session_is_named_by_browser_device_and_address_and_this_one_is_marked(user: User) -> None:
    here = signed_in(user, EDGE)
    signed_in(user, IPHONE, "192.0.2.8")
    signed_in(user, "curl/8", "2001:db8::1")
    signed_in(make_person("ada"), FIREFOX)
    page = text(here.get("/account/"))
    assert "Edge on macOS this device 192.0.2.7 · in use now" in page
    assert "Safari on iPhone 192.0.2.8 · last seen just now" in page
    assert "An unknown browser 2001:db8::1 · last seen just now" in page
    assert "Firefox on Windows" not in page  # somebody else's


def test_a_session_that_is_ended_is_out_at_once_and_the_others_stay(user: User) -> None:
    here, phone, office = signed_in(user), signed_in(user, IPHONE), signed_in(user)
    answer = end(here, session_of(phone))
    assert (answer.status_code, answer["Location"]) == (302, "/account/")
    assert (is_in(here), is_in(phone), is_in(office)) == (True, False, True)
    entry = AuditEntry.objects.get(action="user.end_sessions")
    assert (entry.actor_id, entry.target_key, entry.after) == (user.pk, user.email, {"devices": ["Safari on iPhone"]})


def test_all_others_are_ended_together(user: User) -> None:
    here, *others = (signed_in(user) for _ in range(3))
    stranger = signed_in(make_person("ada"))
    here.post("/account/sessions/end/")
    assert [is_in(client) for client in (here, *others, stranger)] == [True, False, False, True]
    here.post("/account/sessions/end/")
    assert AuditEntry.objects.filter(action="user.end_sessions").count() == 1  # the second time there was none


def test_nobody_ends_the_session_of_somebody_else(user: User) -> None:
    ada = signed_in(make_person("ada"))
    theirs = session_of(ada)
    assert end(signed_in(user), theirs).status_code == 404
    with pytest.raises(PermissionDenied):
        services.end_session(actor=Actor(user), session=theirs)
    assert is_in(ada)


def test_a_token_ends_no_session(user: User) -> None:
    session = session_of(signed_in(user))
    token, _ = make_token(user)
    with pytest.raises(PermissionDenied):
        services.end_session(actor=Actor(user, token), session=session)
    assert Session.objects.filter(pk=session.pk).exists()


def test_a_request_under_way_does_not_bring_an_ended_session_back(user: User) -> None:
    store = signed_in(user).session
    store.load()
    assert "changed" not in store
    Session.objects.all().delete()
    store["changed"] = True
    with pytest.raises(UpdateError):
        store.save()
    assert not Session.objects.exists()


def test_a_new_password_and_a_switched_off_account_leave_no_row_behind(user: User) -> None:
    here = signed_in(user)
    public_id = session_of(here).public_id
    signed_in(user)
    new = "quite another staple of horses"
    here.post("/password/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    [left] = Session.objects.filter(user=user)
    assert (left.public_id, left.pk) == (public_id, here.session.session_key)
    services.deactivate_user(actor=Actor(User.objects.create_superuser("root@example.com")), user=user)
    assert not Session.objects.filter(user=user).exists()


def test_when_it_was_last_used_is_written_every_few_minutes_only(user: User) -> None:
    def writes() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert is_in(here)
        return sum(query["sql"].startswith("UPDATE") for query in queries)

    here = signed_in(user)
    assert writes() == 0
    Session.objects.update(seen_at=clock.now() - SEEN_EVERY - timedelta(seconds=1))
    assert (writes(), writes()) == (1, 0)
    assert clock.now() - session_of(here).seen_at < timedelta(minutes=1)


def test_sessions_that_are_over_are_not_listed(user: User) -> None:
    here = signed_in(user, FIREFOX)
    Session.objects.filter(pk=session_of(signed_in(user, IPHONE)).pk).update(expire_date=clock.now())
    assert "iPhone" not in text(here.get("/account/"))
