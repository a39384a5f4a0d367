"""Why somebody is in or out: the truth and the finding of every node."""

from typing import Any

import pytest

from profiles.models import Company, Profile
from segments import engine
from segments.engine import Why, WhyNode
from segments.members import UnknownMemberError, find_member
from segments.registry import load_catalogue, load_labels
from segments.rules.catalogue import Unit
from segments.rules.parse import parse
from tests.segments import data, small_world
from tests.segments.small_world import AS_OF, LARGE, OFTEN, PAID

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> dict[str, Profile]:
    return small_world.build()


def asked(rule: dict[str, Any], member: int, unit: str = "profile") -> Why:
    catalogue = load_catalogue()
    document = small_world.definition(rule, unit)
    return engine.why(parse(document, catalogue), member, catalogue=catalogue, labels=load_labels(), as_of=AS_OF)


def told(why: Why) -> dict[str, tuple[bool, str]]:
    """Path -> truth and words; a company's leaf stands where its short form does."""
    assert why.tree is not None
    return {node.path: (node.holds, node.words) for node in every(why.tree)}


def every(node: WhyNode) -> list[WhyNode]:
    return [node, *(found for rule in node.rules for found in every(rule))]


def test_a_leaf_says_what_was_found_and_what_is_needed(people: dict[str, Profile]) -> None:
    why = asked({"all": [PAID, OFTEN, {"not": {"event": "bought"}}]}, people["ann"].pk)
    assert not why.member
    assert told(why) == {
        "rule": (False, "2 of 3 are true, all are needed"),
        "rule.all[0]": (True, "Plan is Paid, needs to be Paid"),
        "rule.all[1]": (False, "“logged_in” 3 times in the last 30 days, needs at least 5 times"),
        "rule.all[2]": (True, "true because what it denies is false"),
        "rule.all[2].not": (False, "no “bought”, needs at least once"),
    }
    assert why.tree is not None
    assert [node.value for node in why.tree.rules] == ["Paid", 3, None]


def test_a_member_has_everything_that_is_needed(people: dict[str, Profile]) -> None:
    why = asked({"any": [PAID, OFTEN]}, people["bob"].pk)
    assert why.member
    assert told(why)["rule"] == (True, "1 of 2 is true")
    assert told(why)["rule.any[1]"] == (True, "“logged_in” 6 times in the last 30 days, needs at least 5 times")


def test_what_is_missing_is_said(people: dict[str, Profile]) -> None:
    why = asked({"any": [PAID, {"event": "bought", "measure": "max", "of": "amount", "op": "gt", "value": 1}]},
                people["dan"].pk)  # fmt: skip
    assert told(why) == {
        "rule": (False, "none of 2 is true, one is needed"),
        "rule.any[0]": (False, "Plan is not known, needs to be Paid"),
        "rule.any[1]": (False, "largest amount over “bought” is not known, needs more than 1"),
    }


def test_the_company_of_a_person_is_looked_at(people: dict[str, Profile]) -> None:
    why = asked(LARGE, people["ann"].pk)
    assert why.tree is not None
    assert [(node.kind, node.holds, node.words) for node in every(why.tree)] == [
        ("company", True, "true of their company"),
        ("trait", True, "size is 250, needs at least 100"),
    ]


def test_somebody_without_a_company_is_told_so(people: dict[str, Profile]) -> None:
    rule = {"company": {"not": {"any": [{"trait": "size", "op": "gt", "value": 1}, {"people": PAID}]}}}
    why = asked({"not": rule}, people["dan"].pk)
    assert why.member
    assert told(why) == {
        "rule": (True, "true because what it denies is false"),
        "rule.not": (False, "belongs to no company"),
        "rule.not.company": (False, "belongs to no company"),
        "rule.not.company.not": (False, "belongs to no company"),
        "rule.not.company.not.any[0]": (False, "belongs to no company"),
        "rule.not.company.not.any[1]": (False, "belongs to no company"),
        "rule.not.company.not.any[1].people": (False, "belongs to no company"),
    }


def test_below_people_it_is_said_of_how_many_a_rule_is_true(people: dict[str, Profile]) -> None:
    rule = {"people": {"all": [PAID, {"event": "logged_in"}]}, "quantifier": {"at_least": 2}}
    acme = Company.objects.get(external_id="acme")
    assert told(asked(rule, acme.pk, "company")) == {
        "rule": (False, "true of 1 of their people, needs at least 2"),
        "rule.people": (True, "true of 1 of their people"),
        "rule.people.all[0]": (True, "true of 1 of their people"),
        "rule.people.all[1]": (True, "true of 2 of their people"),
    }


def test_instants_lists_and_sequences_are_said_in_words(people: dict[str, Profile]) -> None:
    rules = [
        {"trait": "interests", "op": "has_any", "value": ["chess"]},
        {"event": "logged_in", "measure": "last_at", "op": "in_last", "value": "1 hour"},
        {"sequence": [{"event": "logged_in"}, {"event": "bought", "within": "1 hour"}]},
    ]
    words = told(asked({"any": rules}, people["ann"].pk))
    assert words["rule.any[0]"] == (False, "interests are “golf” and “tennis”, need to include “chess”")
    assert words["rule.any[1]"] == (
        False,
        "last “logged_in” was on 30 March 2026 at 18:00 UTC, needs to be in the last hour",
    )
    assert words["rule.any[2]"] == (False, "did not happen: “logged_in”, then “bought” within 1 hour")


def test_the_tree_as_json_has_instants_as_the_language_writes_them(people: dict[str, Profile]) -> None:
    why = asked({"event": "logged_in", "measure": "last_at", "op": "is_set"}, people["ann"].pk)
    assert why.tree is not None
    assert why.tree.as_json() == {
        "path": "rule",
        "kind": "event",
        "holds": True,
        "words": "last “logged_in” was on 30 March 2026 at 18:00 UTC, needs to be known",
        "value": "2026-03-30T18:00:00Z",
        "rules": [],
    }


def test_one_who_is_not_in_the_population_is_no_member_of_anything(people: dict[str, Profile]) -> None:
    nameless = data.make_profile(None, plan="Paid")
    why = asked({"everyone": True}, nameless.pk)
    assert (why.member, why.tree) == (False, None)


def test_a_member_is_found_by_the_names_that_evaluate_prints(people: dict[str, Profile]) -> None:
    dan = people["dan"]
    dan.identities.create(kind="phone", value="+4930123456")
    twin = data.make_profile("dan@example.com")
    assert find_member(Unit.PROFILE, "ann") == people["ann"].pk
    assert find_member(Unit.PROFILE, "+4930123456") == dan.pk
    assert find_member(Unit.PROFILE, "DAN@example.com") == dan.pk
    assert find_member(Unit.PROFILE, "dan@example.com") == twin.pk
    assert find_member(Unit.COMPANY, "acme") == Company.objects.get(external_id="acme").pk


@pytest.mark.parametrize("name", ["acme", "nobody", "anonymous-1", ""])
def test_a_name_that_nobody_has_is_said(people: dict[str, Profile], name: str) -> None:
    people["ann"].identities.create(kind="anonymous_id", value="anonymous-1")
    with pytest.raises(UnknownMemberError, match=f"'{name}'"):
        find_member(Unit.PROFILE, name)
