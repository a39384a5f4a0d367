"""What publishing a version would change: for its members, for segments that name it, for activations."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pyroaring import BitMap64

from accounts.actors import INSTALLATION
from accounts.models import Role, Team
from activations.models import Activation, Delivery
from profiles.models import TraitDefinition
from segments import services
from segments.engine import EngineError
from segments.models import Run, Segment
from segments.planning import breakdown, look_ahead
from segments.rules.catalogue import Unit
from tests.accounts.cast import bearer, make_person
from tests.activations import building
from tests.pages.reading import text
from tests.segments import data, small_world

pytestmark = pytest.mark.django_db(transaction=True)

PAID, FREE = ({"trait": "plan", "op": "eq", "value": value} for value in ("Paid", "Free"))
BY_ID = [{"to": "id", "identifier": "external_id"}]
ANYBODY: dict[str, Any] = {"everyone": True}


@pytest.fixture
def people() -> dict[str, int]:
    """ann and cat pay, bob does not, dan has no plan."""
    return {name: person.pk for name, person in small_world.build().items()}


@pytest.fixture
def team() -> Team:
    return data.make_team()


def document(rule: dict[str, Any]) -> dict[str, Any]:
    return {"unit": "profile", "rule": rule}


def test_who_enters_and_who_leaves_is_the_definitions_difference_alone(people: dict[str, int], team: Team) -> None:
    segment = data.live_segment("payers", team, PAID)
    own = look_ahead(segment, document(FREE), actor=INSTALLATION).own
    assert set(own.before) == {people["ann"], people["cat"]}
    assert set(own.entered) == {people["bob"]}
    assert set(own.left) == {people["ann"], people["cat"]}
    assert not look_ahead(segment, document(PAID), actor=INSTALLATION).own.changes


def test_what_was_never_published_is_all_entering(people: dict[str, int], team: Team) -> None:
    own = look_ahead(data.make_segment("fresh", team), document(ANYBODY), actor=INSTALLATION).own
    assert (len(own.before), set(own.entered)) == (0, set(people.values()))


def test_segments_that_name_it_follow_through_others_and_paused_ones_do_not(people: dict[str, int], team: Team) -> None:
    segment = data.live_segment("payers", team, PAID)
    data.live_segment("others", team, {"not": {"segment": "payers"}})
    data.live_segment("again", team, {"all": [{"segment": "others"}, {"segment": "payers"}]})
    both = {"any": [{"segment": "others"}, {"segment": "payers"}]}
    data.live_segment("both", team, both)
    paused = data.live_segment("paused", team, {"segment": "payers"})
    services.pause(actor=INSTALLATION, segment=paused)
    outlook = look_ahead(segment, document(FREE), actor=INSTALLATION)
    moved = {each.segment.key: (set(each.entered), set(each.left)) for each in outlook.dependents}
    ann, bob, cat = people["ann"], people["bob"], people["cat"]
    assert moved == {"again": (set(), set()), "both": (set(), set()), "others": ({ann, cat}, {bob})}


def test_planning_stores_nothing_and_asks_for_no_run(people: dict[str, int], team: Team) -> None:
    segment = data.live_segment("payers", team, PAID)
    before = (Run.objects.count(), Segment.objects.get(pk=segment.pk).published_id)
    look_ahead(segment, document(FREE), actor=INSTALLATION)
    assert (Run.objects.count(), Segment.objects.get(pk=segment.pk).published_id) == before
    assert people


def test_a_dependent_that_no_longer_fits_is_told_and_the_rest_is_planned(people: dict[str, int], team: Team) -> None:
    segment = data.live_segment("payers", team, PAID)
    data.make_trait("gone", "text")
    rule = {"all": [{"segment": "payers"}, {"trait": "gone", "op": "is_set"}]}
    data.live_segment("broken", team, rule)
    TraitDefinition.objects.filter(key="gone").delete()
    outlook = look_ahead(segment, document(FREE), actor=INSTALLATION)
    assert len(outlook.own.entered) == 1
    assert "gone" in outlook.dependents[0].failure
    assert people


def test_the_breakdown_counts_values_that_several_have_and_puts_the_others_together() -> None:
    data.make_trait("city", "text")
    ids = [data.make_profile(f"p{place}", city=city).pk for place, city in enumerate(["Ulm"] * 4 + ["Bonn", "Köln"])]
    nowhere = data.make_profile("p9").pk
    found = breakdown(Unit.PROFILE, "city", BitMap64([*ids[:3], nowhere]), BitMap64(ids[3:]))
    assert [(each.value, each.entered, each.left) for each in found] == [("Ulm", 3, 1), ("", 0, 2), (None, 1, 0)]


def delivered(activation: Activation, members: list[int]) -> None:
    for member in members:
        Delivery.objects.create(
            activation=activation, member=member, key=f"k{member}", payload_hash=1, state=Delivery.State.DELIVERED
        )


def planned(client: Client, key: str = "payers", **query: str) -> dict[str, Any]:
    answer = client.get(f"/api/v1/segments/{key}/plan", query)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_activations_tell_what_they_would_add_and_remove_and_whether_they_would_ask(
    people: dict[str, int], team: Team
) -> None:
    segment = data.live_segment("payers", team, PAID)
    activation = building.an_activation(segment, key="letters", columns=BY_ID, removal_limit=20)
    delivered(activation, [people["ann"], people["cat"]])
    data.save(segment, FREE)
    told = planned(bearer(make_person("vera", team, Role.VIEWER), "read"))
    assert (told["entered"], told["left"], told["sample"]) == (1, 2, None)
    [effect] = told["activations"]
    assert effect == {
        "activation": "letters", "segment": "payers", "state": "active", "present": 2, "added": 1, "removed": 2,
        "asks": True,
    }  # fmt: skip
    [warning] = told["warnings"]
    assert "would remove 2 of 2, more than its limit of 20 %" in warning


def test_samples_are_for_those_who_may_see_members(people: dict[str, int], team: Team) -> None:
    segment = data.live_segment("payers", team, PAID)
    data.save(segment, FREE)
    seeing = make_person("maya", team, Role.VIEWER, sees_personal_data=True)
    told = planned(bearer(seeing, "read", "members:read"), by="plan")
    assert told["sample"] == {"entered": ["bob"], "left": ["ann", "cat"]}
    assert told["breakdown"] == [{"value": "", "entered": 1, "left": 2}]
    assert people


def test_a_definition_is_planned_before_it_is_saved_and_mistakes_are_told(people: dict[str, int], team: Team) -> None:
    data.live_segment("payers", team, PAID)
    client = bearer(make_person("vera", team, Role.VIEWER), "read")
    address, kind = "/api/v1/segments/payers/plan", "application/json"
    told = client.post(address, json.dumps({"definition": document(ANYBODY)}), kind)
    assert (told.status_code, told.json()["entered"]) == (200, 2)
    wrong = client.post(address, json.dumps({"definition": document({"trait": "nope", "op": "is_set"})}), kind)
    assert (wrong.status_code, wrong.json()["type"]) == (422, "invalid_definition")
    assert client.get(address, {"by": "nope"}).status_code == 400
    assert people


def test_the_command_prints_the_plan_of_the_newest_version(people: dict[str, int], team: Team) -> None:
    data.save(data.live_segment("payers", team, PAID), FREE)
    printed = StringIO()
    call_command("plan", "payers", stdout=printed)
    told = json.loads(printed.getvalue())
    assert (told["version"], told["before"], told["after"], told["sample"]["entered"]) == (2, 2, 1, ["bob"])
    with pytest.raises(CommandError, match="There is no segment 'nobody'"):
        call_command("plan", "nobody")
    assert people


def test_the_page_shows_the_plan_of_a_version(people: dict[str, int], team: Team, client: Client) -> None:
    data.save(data.live_segment("payers", team, PAID), FREE)
    data.live_segment("others", team, {"not": {"segment": "payers"}})
    client.force_login(make_person("vera", team, Role.EDITOR))
    page = text(client.get("/segments/payers/versions/2/plan/?by=plan"))
    assert "1 enters, 2 leave. 2 members become 1." in page
    assert "Others 2 enter, 1 leave" in page
    assert "other values 1 2" in page
    assert people


def test_a_version_that_can_not_be_evaluated_says_why(people: dict[str, int], team: Team) -> None:
    with pytest.raises(EngineError):
        look_ahead(
            data.live_segment("payers", team, PAID), document({"trait": "nope", "op": "is_set"}), actor=INSTALLATION
        )
    assert people
