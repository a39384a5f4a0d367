"""Pages are tested with plain static files, and signed in as somebody."""

import pytest
from django.conf import LazySettings
from django.test import Client

from accounts.models import Role, Team, TeamMember, User
from tests.pages.company import make_person, make_team

PLAIN_STATIC = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


@pytest.fixture(autouse=True)
def quick_settings(settings: LazySettings) -> None:
    """No manifest, since nothing was collected, and a quick hash for passwords of people who do not exist."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {**settings.STORAGES, "staticfiles": PLAIN_STATIC}


@pytest.fixture
def viewer(db: None) -> User:
    return make_person("viewer@example.com", "Vera Viewer")


@pytest.fixture
def team(viewer: User) -> Team:
    """The viewer's team."""
    team = make_team("growth", "Growth marketing", "#0b6fd3")
    TeamMember.objects.create(team=team, user=viewer, role=Role.VIEWER)
    return team


@pytest.fixture
def signed_in(viewer: User, client: Client) -> Client:
    """A browser in which the viewer has signed in."""
    client.force_login(viewer)
    return client
