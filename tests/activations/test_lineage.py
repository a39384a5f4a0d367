"""Where a segment comes from and where it goes."""

from typing import Any

import pytest

from accounts.models import Role, Team
from segments.models import Segment
from tests.accounts.cast import bearer, make_person
from tests.activations import building
from tests.segments import data, small_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    """base names a trait; middle names base and an event; top names middle; top is sent."""
    small_world.build()
    team = data.make_team()
    data.live_segment("base", team, small_world.PAID)
    data.live_segment("middle", team, {"all": [{"segment": "base"}, small_world.OFTEN]})
    top = data.live_segment("top", team, {"segment": "middle"})
    building.an_activation(top, key="letters", columns=[{"to": "id", "identifier": "external_id"}])
    return team


def lineage(team: Team, key: str, person: str = "vera") -> dict[str, Any]:
    answer = bearer(make_person(person, team, Role.VIEWER), "read").get(f"/api/v1/segments/{key}/lineage")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def test_it_reads_what_its_own_definition_and_those_behind_it_name(team: Team) -> None:
    told = lineage(team, "middle")
    assert told["names"] == ["base"]
    assert told["reads"] == [
        {"kind": "event", "name": "logged_in", "property": None, "own": True},
        {"kind": "profile", "name": "plan", "property": None, "own": False},
    ]


def test_it_is_followed_down_to_the_tools(team: Team) -> None:
    told = lineage(team, "base")
    assert told["named_by"] == [
        {"segment": "middle", "through": ["base"]},
        {"segment": "top", "through": ["middle"]},
    ]
    assert told["activations"] == [
        {"activation": "letters", "segment": "top", "destination": "files", "state": "active"}
    ]


def test_a_draft_has_no_lineage(team: Team) -> None:
    data.make_segment("draft", team)
    told = lineage(team, "draft")
    assert (told["reads"], told["names"], told["named_by"], told["activations"]) == ([], [], [], [])
    assert Segment.objects.filter(key="draft").exists()
