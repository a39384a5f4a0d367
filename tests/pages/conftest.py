"""Pages are tested signed in as somebody."""

import pytest
from django.test import Client

from accounts.models import Role, Team, TeamMember, User
from tests.pages.company import make_person, make_team


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
