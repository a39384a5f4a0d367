"""Tokens of the API: how they are made, kept, recognised and ended."""

import logging
from datetime import timedelta
from io import StringIO
from unittest.mock import patch

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client, override_settings

from accounts import selectors, services, tokens
from accounts.actors import INSTALLATION, Actor
from accounts.models import AuditEntry, Role, Scope, Token, User
from lib import clock
from tests.accounts.cast import bearer, make_administrator, make_person, make_team, make_token, with_token

pytestmark = pytest.mark.django_db

ME = "/api/v1/me"


@pytest.fixture
def user() -> User:
    return make_person("tom", make_team())


def status(secret: str) -> int:
    return Client(headers={"Authorization": f"Bearer {secret}"}).get(ME).status_code


def test_a_token_says_who_it_is_and_acts_as_its_person(user: User) -> None:
    token, secret = make_token(user, "read")
    assert tokens.SHAPE.fullmatch(secret)
    assert secret.startswith(f"{token.prefix}_")
    answer = Client(headers={"Authorization": f"Bearer {secret}"}).get(ME).json()
    assert (answer["email"], answer["token"]["prefix"], answer["token"]["scopes"]) == (
        user.email,
        token.prefix,
        ["read"],
    )
    assert answer["teams"] == [{"key": "growth", "name": "Growth", "role": "editor"}]
    assert secret not in str(answer)


def test_the_database_holds_a_keyed_hash_only(user: User) -> None:
    token, secret = make_token(user)
    with connection.cursor() as cursor:
        tables = ("accounts_token", "accounts_auditentry")
        cursor.execute(" UNION ".join(f"SELECT {table}::text FROM {table}" for table in tables))
        stored = " ".join(row[0] for row in cursor.fetchall())
    assert token.prefix in stored
    assert secret.rsplit("_", 1)[1] not in stored
    assert token.digest == tokens.digest_of(secret)
    with override_settings(SECRET_KEY="another"):
        assert tokens.digest_of(secret) != token.digest


def test_a_token_that_is_wrong_ended_or_revoked_is_401(user: User) -> None:
    _, good = make_token(user)
    token, revoked = make_token(user)
    services.revoke_token(actor=Actor(user), token=token)
    token, expired = make_token(user)
    Token.objects.filter(pk=token.pk).update(expires_at=clock.now() - timedelta(seconds=1))
    assert status(good) == 200
    for bad in (
        revoked,
        expired,
        good[:-1],
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        good.upper(),
        "",
        "x",
        "a b",
    ):
        answer = Client(headers={"Authorization": f"Bearer {bad}"}).get(ME)
        assert (answer.status_code, answer["WWW-Authenticate"], answer.json()["type"]) == (401, "Bearer", "bad_token")


def test_the_token_of_somebody_switched_off_is_401(user: User) -> None:
    _, secret = make_token(user)
    User.objects.update(is_active=False)
    assert status(secret) == 401


def test_a_bad_token_does_not_fall_back_to_the_session(user: User) -> None:
    client = Client()
    client.force_login(user)
    assert client.get(ME).status_code == 200
    assert client.get(ME, headers={"Authorization": "Bearer reg_nothing"}).status_code == 401


def test_a_token_needs_no_csrf_token_and_a_session_does(user: User) -> None:
    body = {"name": "x", "scopes": ["read"]}
    session = Client(enforce_csrf_checks=True)
    session.force_login(user)
    assert session.post("/api/v1/tokens", body, content_type="application/json").status_code == 403
    _, secret = make_token(user)
    program = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {secret}"})
    assert program.post("/api/v1/tokens", body, content_type="application/json").status_code == 201


def test_when_it_was_used_is_written_once_a_minute(user: User) -> None:
    token, secret = make_token(user)
    status(secret)
    first = Token.objects.get().last_used_at
    status(secret)
    assert first is not None
    assert Token.objects.get().last_used_at == first
    Token.objects.update(last_used_at=first - timedelta(minutes=2))
    status(secret)
    again = Token.objects.get(pk=token.pk).last_used_at
    assert again is not None
    assert again >= first


@pytest.mark.parametrize(
    ("scopes", "days", "field"),
    [([], 1, "scopes"), (["everything"], 1, "scopes"), (["read"], 0, "expires_at"), (["read"], 400, "expires_at")],
)
def test_a_token_without_scope_or_with_a_wrong_end_is_not_made(
    user: User, scopes: list[str], days: int, field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        services.create_token(
            actor=Actor(user), user=user, name="x", scopes=scopes, expires_at=clock.now() + timedelta(days=days)
        )
    assert set(refused.value.message_dict) == {field}
    assert not Token.objects.exists()
    assert not AuditEntry.objects.exists()


def test_nobody_makes_or_sees_or_revokes_tokens_of_others_but_administrators(user: User) -> None:
    team = make_team("other")
    stranger, administrator = make_person("stranger", team, Role.ADMIN), make_administrator()
    token, _ = make_token(user)
    end = clock.now() + timedelta(days=1)
    with pytest.raises(PermissionDenied):
        services.create_token(actor=Actor(stranger), user=user, name="x", scopes=["read"], expires_at=end)
    with pytest.raises(PermissionDenied):
        services.revoke_token(actor=Actor(stranger), token=token)
    client = bearer(stranger)
    assert client.delete(f"/api/v1/tokens/{token.prefix}").status_code == 404
    assert token.prefix not in client.get("/api/v1/tokens").content.decode()
    assert list(selectors.tokens(actor=Actor(user))) == [token]
    services.revoke_token(actor=Actor(administrator), token=token)
    assert Token.objects.get(pk=token.pk).revoked_at is not None


def test_a_token_makes_no_token_that_may_more_than_itself(user: User) -> None:
    end = clock.now() + timedelta(days=1)
    for scopes, wanted in ((("read", "write"), ["read"]), (("read", "admin"), ["read", "pii:read"])):
        with pytest.raises(PermissionDenied, match="lacks the scope"):
            services.create_token(actor=with_token(user, *scopes), user=user, name="x", scopes=wanted, expires_at=end)
    made, _ = services.create_token(
        actor=with_token(user, "read", "admin"), user=user, name="x", scopes=["read"], expires_at=end
    )
    assert made.scopes == ["read"]


def test_the_answer_that_shows_a_token_is_not_kept_for_its_idempotency_key(user: User) -> None:
    client = bearer(user)
    body = {"name": "x", "scopes": ["read"]}
    first, again = (
        client.post("/api/v1/tokens", body, content_type="application/json", headers={"Idempotency-Key": "k"})
        for _ in range(2)
    )
    assert (first.status_code, again.status_code, again.json()["type"]) == (201, 409, "answered_once")
    assert Token.objects.filter(name="x").count() == 1
    assert status(first.json()["token"]) == 200
    with connection.cursor() as cursor:
        cursor.execute("SELECT accounts_idempotentrequest::text FROM accounts_idempotentrequest")
        [[stored]] = cursor.fetchall()
    assert first.json()["token"] not in stored


def test_tokens_are_not_logged(user: User, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    _, secret = make_token(user)
    status(secret)
    with patch("accounts.selectors.teams", side_effect=RuntimeError("broken")):
        client = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {secret}"})
        answer = client.get("/api/v1/teams")
    assert answer.status_code == 500
    assert secret not in caplog.text
    assert secret not in answer.content.decode()


def test_the_command_prints_the_token_alone(user: User) -> None:
    out, err = StringIO(), StringIO()
    call_command("create_token", "TOM@example.com", "--scopes", "read, write", "--days", "3", stdout=out, stderr=err)
    secret = out.getvalue().strip()
    assert status(secret) == 200
    assert secret not in err.getvalue()
    token = Token.objects.get()
    assert token.scopes == [Scope.READ, Scope.WRITE]
    assert timedelta(days=2, hours=23) < token.expires_at - clock.now() <= timedelta(days=3)
    assert AuditEntry.objects.get().actor_label == "the installation"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nobody@example.com", "--scopes", "read"), "Nobody has an account"),
        (("tom@example.com", "--scopes", ","), "scope"),
        (("tom@example.com", "--scopes", "root"), "root"),
        (("tom@example.com", "--scopes", "read", "--days", "366"), "--days"),
    ],
)
def test_the_command_says_what_is_wrong(user: User, arguments: tuple[str, ...], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        call_command("create_token", *arguments, stdout=StringIO(), stderr=StringIO())
    assert not Token.objects.exists()


def test_the_installation_may_make_tokens_for_anybody(user: User) -> None:
    assert services.revoke_token(actor=INSTALLATION, token=make_token(user)[0]).revoked_at is not None
