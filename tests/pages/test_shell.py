"""The frame of every page: the switch between teams and where it leads."""

import re

import pytest
from django.test import Client

from accounts.models import Team, TeamMember, User
from tests.pages.company import make_person, make_team
from tests.pages.reading import text


def links(page: str) -> list[str]:
    return re.findall(r'class="nav-entry"\s+href="([^"]+)"', page)


def test_the_chosen_team_narrows_the_lists_of_the_navigation(signed_in: Client, team: Team) -> None:
    page = signed_in.get("/segments/")
    assert "Working on All teams" in text(page)
    assert "/activations/" in links(page.content.decode())
    led = signed_in.post("/choose-team/", {"team": "growth", "next": "/activations/"})
    assert led.headers["Location"] == "/activations/?team=growth"
    page = signed_in.get("/segments/")
    assert "Working on Growth marketing" in text(page)
    assert "/activations/?team=growth" in links(page.content.decode())
    led = signed_in.post("/choose-team/", {"team": "", "next": "/segments/"})
    assert led.headers["Location"] == "/segments/"
    assert "Working on All teams" in text(signed_in.get("/segments/"))


@pytest.mark.parametrize("away", ["", "//example.com/", "http://example.com/", "/no-such-page/", "javascript:alert(1)"])
def test_the_switch_leads_nowhere_else(signed_in: Client, team: Team, away: str) -> None:
    assert signed_in.post("/choose-team/", {"team": "growth", "next": away}).headers["Location"] == "/segments/"


def test_only_own_teams_can_be_chosen(signed_in: Client, team: Team) -> None:
    make_team("sales")
    assert signed_in.post("/choose-team/", {"team": "sales"}).status_code == 404
    assert "sales" not in str(dict(signed_in.session))
    assert "Sales" not in text(signed_in.get("/segments/"))


def test_a_team_that_was_left_is_no_longer_the_chosen_one(signed_in: Client, viewer: User, team: Team) -> None:
    signed_in.post("/choose-team/", {"team": "growth"})
    TeamMember.objects.filter(user=viewer).delete()
    page = text(signed_in.get("/segments/"))
    assert "Working on" not in page


def test_administrators_choose_among_all_teams(client: Client, team: Team) -> None:
    make_team("sales")
    client.force_login(make_person("admin@example.com", "Maya", is_administrator=True))
    assert "Growth marketing Sales" in text(client.get("/segments/"))
