"""Small numbers of rules about personal data, over the page and the API, for those who may see people and those not."""

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import Role, Team, TeamMember, User
from profiles.models import EventProperty, TraitDefinition
from tests.pages.company import make_person
from tests.pages.reading import text
from tests.segments import data, small_world

pytestmark = pytest.mark.django_db(transaction=True)

EVERYBODY = 12
ANNS = {"trait": "first_name", "op": "eq", "value": "Ann"}
SIX = {"trait": "first_name", "op": "eq", "value": "Bob"}
OPEN = {"trait": "plan", "op": "eq", "value": "Paid"}


@pytest.fixture
def marketer(client: Client) -> Client:
    """Of twelve people one is called Ann and six Bob; two pay. First names are personal."""
    for name in ("first_name", "plan"):
        data.make_trait(name, "text")
    TraitDefinition.objects.filter(key="first_name").update(personal=True)
    visited = data.make_event_type("visited", city="text")
    for number in range(EVERYBODY):
        name = "Ann" if number == 0 else "Bob" if number < 7 else "Cat"
        person = data.make_profile(f"p{number}", first_name=name, plan="Paid" if number < 2 else "Free")
        data.make_event(visited, person, small_world.AS_OF, city="Ulm" if number == 0 else "Bonn")
    client.force_login(make_person("maya@example.com"))
    return client


def permit() -> None:
    User.objects.update(sees_personal_data=True)


def by_api(client: Client, rule: dict[str, Any]) -> dict[str, Any]:
    body = {"definition": small_world.definition(rule)}
    answer = client.post("/api/v1/segments/preview", json.dumps(body), content_type="application/json")
    found: dict[str, Any] = answer.json()
    return {name: found[name] for name in ("count", "share", "nodes", "fewest_told")}


def by_page(client: Client, rule: dict[str, Any]) -> Any:
    return client.post("/rules/preview/", {"definition": json.dumps(small_world.definition(rule))})


def test_a_count_that_could_tell_of_one_person_is_not_told(marketer: Client) -> None:
    assert by_api(marketer, ANNS) == {"count": None, "share": None, "nodes": {"rule": None}, "fewest_told": 5}
    answer = by_page(marketer, ANNS)
    assert "Fewer than 5 people of 12. The rule is about personal data" in text(answer)
    assert answer.context["shown"].data["counts"] == {"rule": "Fewer than 5"}
    assert answer.context["shown"].said == "Fewer than 5 people match"


def test_what_is_left_over_is_not_told_either(marketer: Client) -> None:
    rule = {"not": ANNS}
    assert by_api(marketer, rule)["nodes"] == {"rule": None, "rule.not": None}
    answer = by_page(marketer, rule)
    assert "All but fewer than 5 people of 12." in text(answer)
    assert "11" not in text(answer)


def test_nobody_is_as_little_told_as_one(marketer: Client) -> None:
    nobody = ANNS | {"value": "Zoe"}
    assert by_api(marketer, nobody) == by_api(marketer, ANNS)
    assert "Nobody matches" not in text(by_page(marketer, nobody))


def test_larger_counts_of_such_a_rule_are_exact_node_by_node(marketer: Client) -> None:
    found = by_api(marketer, {"any": [SIX, ANNS]})
    assert found == {
        "count": 7, "share": 7 / 12, "nodes": {"rule": 7, "rule.any[0]": 6, "rule.any[1]": None}, "fewest_told": 5,
    }  # fmt: skip


def test_ordinary_rules_are_exact_for_everybody(marketer: Client) -> None:
    assert by_api(marketer, OPEN) == {"count": 2, "share": 2 / 12, "nodes": {"rule": 2}, "fewest_told": 0}
    assert "2 people, 16.7% of 12" in text(by_page(marketer, OPEN))


def test_who_may_see_people_is_told_everything(marketer: Client) -> None:
    permit()
    assert by_api(marketer, ANNS) == {"count": 1, "share": 1 / 12, "nodes": {"rule": 1}, "fewest_told": 0}
    assert "1 people, 8.3% of 12" in text(by_page(marketer, ANNS))


def test_a_personal_property_and_a_segment_below_count_too(marketer: Client) -> None:
    in_ulm = {"event": "visited", "where": [{"property": "city", "op": "eq", "value": "Ulm"}]}
    assert by_api(marketer, in_ulm)["count"] == 1
    EventProperty.objects.filter(key="city").update(personal=True)
    assert by_api(marketer, in_ulm)["count"] is None
    data.live_segment("below", data.make_team(), ANNS)
    data.live_segment("between", data.make_team("another"), {"segment": "below"})
    assert by_api(marketer, {"segment": "between"})["count"] is None


def test_values_of_a_personal_trait_are_suggested_to_those_who_may_see_them(marketer: Client) -> None:
    def values(trait: str) -> list[str]:
        found: list[str] = marketer.get("/rules/values/", {"unit": "profile", "trait": trait}).json()["values"]
        return found

    assert (values("first_name"), values("plan")) == ([], ["Free"])
    permit()
    assert values("first_name") == ["Bob", "Cat"]


def their_team() -> Team:
    team = data.make_team()
    TeamMember.objects.create(team=team, user=User.objects.get(), role=Role.EDITOR)
    return team


def planned(client: Client, rule: dict[str, Any], **asked: Any) -> Any:
    body = {"definition": small_world.definition(rule), **asked}
    return client.post("/api/v1/segments/plan-of/plan", json.dumps(body), content_type="application/json")


def test_a_plan_tells_no_small_difference_of_personal_data_either(marketer: Client) -> None:
    data.make_segment("plan-of", their_team())
    refused = planned(marketer, ANNS)
    assert refused.status_code == 403
    assert "so few enter or leave" in refused.json()["detail"]
    assert planned(marketer, SIX).json()["entered"] == 6
    assert planned(marketer, OPEN).json()["entered"] == 2
    permit()
    assert planned(marketer, ANNS).json()["entered"] == 1


def test_a_difference_from_a_rule_about_personal_data_is_held_to_the_same(marketer: Client) -> None:
    data.live_segment("plan-of", data.make_team(), ANNS)
    assert planned(marketer, OPEN).status_code == 403
    permit()
    assert (planned(marketer, OPEN).json()["entered"], planned(marketer, OPEN).json()["left"]) == (1, 0)


def test_nobody_without_permission_breaks_a_plan_down_by_a_personal_trait(marketer: Client) -> None:
    data.make_segment("plan-of", their_team())
    assert planned(marketer, OPEN, by="plan").json()["breakdown"] == [{"value": "", "entered": 2, "left": 0}]
    refused = planned(marketer, {"everyone": True}, by="first_name")
    assert refused.status_code == 403
    assert "personal data" in refused.json()["detail"]
    permit()
    shares = planned(marketer, {"everyone": True}, by="first_name").json()["breakdown"]
    assert [share["value"] for share in shares] == ["Bob", "Cat", ""]
