"""The named people of these tests, and plain functions that make them, their teams and their tokens."""

from datetime import timedelta
from typing import Any

from django.test import Client

from accounts import services
from accounts.actors import INSTALLATION, Actor
from accounts.models import Role, Scope, Team, TeamMember, Token, User
from lib import clock

PASSWORD = "correct horse battery staple"


def make_team(key: str = "growth", **fields: Any) -> Team:
    return Team.objects.create(key=key, name=key.title(), **fields)


def make_person(name: str, team: Team | None = None, role: str = Role.EDITOR, **rights: bool) -> User:
    user = User(email=f"{name}@example.com", **rights)
    user.set_password(PASSWORD)
    user.save()
    if team is not None:
        TeamMember.objects.create(team=team, user=user, role=role)
    return user


def make_administrator(name: str = "administrator") -> User:
    return make_person(name, is_superuser=True, is_staff=True)


def make_token(user: User, *scopes: str, **fields: Any) -> tuple[Token, str]:
    """A token with these scopes, or with all, and its secret."""
    given: dict[str, Any] = {"name": "test", "expires_at": clock.now() + timedelta(days=1)} | fields
    return services.create_token(actor=INSTALLATION, user=user, scopes=scopes or Scope.values, **given)


def with_token(user: User, *scopes: str) -> Actor:
    return Actor(user, make_token(user, *scopes)[0])


def bearer(user: User, *scopes: str) -> Client:
    """A program that sends a token of this person."""
    return Client(headers={"Authorization": f"Bearer {make_token(user, *scopes)[1]}"})
