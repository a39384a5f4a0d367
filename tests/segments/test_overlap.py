"""How far segments are the same people: by hand, by API and on the page."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, Team
from segments.models import Segment
from segments.overlap import Region, matrix, neighbours, venn
from tests.accounts.cast import bearer, make_person
from tests.pages.reading import text
from tests.segments import data
from tests.segments.checks.test_checks import count

pytestmark = pytest.mark.django_db

EVERYONE: dict[str, Any] = {"everyone": True}


@pytest.fixture
def team() -> Team:
    return data.make_team()


@pytest.fixture
def segments(team: Team) -> dict[str, Segment]:
    """a: 1 to 100, b: 51 to 150, c: 1 to 10 and 100,001 (in another block), none: nobody."""
    made = {key: data.live_segment(key, team, EVERYONE) for key in ("a", "b", "c", "none")}
    count(made["a"], range(1, 101))
    count(made["b"], range(51, 151))
    count(made["c"], range(1, 11))
    return made


def test_each_is_compared_with_each_in_one_query(segments: dict[str, Segment]) -> None:
    with CaptureQueriesContext(connection) as captured:
        found = matrix(list(segments.values()))
    assert len(captured) == 1
    shares = [[round(pair.share, 2) for pair in row] for row in found.rows()]
    assert shares == [[1, 0.5, 0.1, 0], [0.5, 1, 0, 0], [1, 0, 1, 0], [0, 0, 0, 0]]
    assert [(pair.one.key, pair.other.key, pair.both) for pair in found.most_alike()] == [
        ("a", "b", 50),
        ("a", "c", 10),
    ]


def test_neighbours_are_those_with_somebody_in_common_the_likest_first(segments: dict[str, Segment]) -> None:
    others = [segments[key] for key in ("none", "c", "b")]
    pairs = neighbours(segments["a"], others)
    assert [(pair.other.key, pair.both, round(pair.alike, 3)) for pair in pairs] == [("b", 50, 0.333), ("c", 10, 0.1)]


def test_the_regions_of_three_hold_everybody_once(segments: dict[str, Segment]) -> None:
    regions = venn([segments[key] for key in ("a", "b", "c")])
    assert regions == [
        Region(("a",), 40), Region(("b",), 50), Region(("c",), 0), Region(("a", "b"), 50), Region(("a", "c"), 10),
        Region(("b", "c"), 0), Region(("a", "b", "c"), 0),
    ]  # fmt: skip
    assert sum(region.members for region in regions) == 150
    with pytest.raises(ValueError, match="two or three segments, not of 1"):
        venn([segments["a"]])


def test_the_api_answers_neighbours_and_regions(segments: dict[str, Segment], team: Team) -> None:
    client = bearer(make_person("vera", team, Role.VIEWER), "read")
    found = client.get("/api/v1/segments/c/overlap").json()["overlaps"]
    assert found == [{"segment": "a", "members": 100, "both": 10, "share": 1.0, "alike": 0.1}]
    regions = client.get("/api/v1/overlap?segment=a&segment=b").json()["regions"]
    assert [region["members"] for region in regions] == [50, 50, 50]
    for query in ("segment=a", "segment=a&segment=a", "segment=a&segment=b&segment=c&segment=none"):
        assert client.get(f"/api/v1/overlap?{query}").status_code == 400
    assert segments


def test_drafts_of_other_teams_are_compared_with_nothing(segments: dict[str, Segment]) -> None:
    data.make_segment("secret", data.make_team("other"))
    client = bearer(make_person("vera"), "read")
    assert client.get("/api/v1/overlap?segment=a&segment=secret").status_code == 404
    assert segments


def test_the_page_says_in_words_what_is_worth_a_look(segments: dict[str, Segment], team: Team, client: Client) -> None:
    count(data.live_segment("twin", team, EVERYONE), range(2, 101))
    client.force_login(make_person("vera", team, Role.VIEWER))
    with CaptureQueriesContext(connection) as captured:
        page = text(client.get("/overlap/"))
    assert "99 are in both, of 100 and of 99: merge them" in page
    assert "C 10 100% 0% 90%" in page
    assert len(captured) <= 12
    assert "Nothing to compare" in text(client.get("/overlap/?unit=company"))
    assert segments
