"""Definitions that are valid and can hardly be meant."""

from typing import Any

import pytest

from segments.rules.catalogue import Catalogue, Field, Type
from segments.rules.lint import lint
from segments.rules.parse import parse

TRAITS = {
    "plan": Field("plan", Type.TEXT, "plan"),
    "seats": Field("seats", Type.NUMBER, "seats"),
    "country": Field("country", Type.TEXT, "country"),
}
CATALOGUE = Catalogue(profile_traits=TRAITS)


def trait(key: str, op: str, value: Any = None, **flags: bool) -> dict[str, Any]:
    return {"trait": key, "op": op, **({} if value is None else {"value": value}), **flags}


def oddities(rule: dict[str, Any]) -> list[tuple[str, str, str]]:
    found = lint(parse({"unit": "profile", "rule": rule}, CATALOGUE))
    return [(odd.fault.value, odd.path, odd.trait) for odd in found]


PAID, FREE = trait("plan", "eq", "Paid"), trait("plan", "eq", "Free")


@pytest.mark.parametrize(
    "rules",
    [
        [PAID, FREE],
        [PAID, trait("plan", "ne", "Paid")],
        [trait("plan", "in", ["Paid", "Trial"]), FREE],
        [PAID, trait("plan", "not_in", ["Paid", "Free"])],
        [PAID, trait("plan", "is_not_set")],
        [trait("plan", "ne", "PAID", ignore_case=True), PAID],
    ],
)
def test_conditions_on_a_text_that_exclude_each_other(rules: list[dict[str, Any]]) -> None:
    assert oddities({"all": rules}) == [("contradiction", "rule", "plan")]


@pytest.mark.parametrize(
    ("low", "high"),
    [
        (trait("seats", "gt", 10), trait("seats", "lt", 5)),
        (trait("seats", "gte", 10), trait("seats", "lt", 10)),
        (trait("seats", "between", [1, 2]), trait("seats", "gt", 3)),
    ],
)
def test_bounds_that_cross(low: dict[str, Any], high: dict[str, Any]) -> None:
    assert oddities({"all": [low, high]}) == [("contradiction", "rule", "seats")]


@pytest.mark.parametrize(
    "rule",
    [
        {"all": [trait("seats", "gte", 10), trait("seats", "lte", 10)]},
        {"all": [PAID, trait("plan", "eq", "Free", missing=True)]},
        {"all": [trait("plan", "in", ["Paid", "Free"]), FREE]},
        {"all": [trait("plan", "ne", "Paid"), trait("plan", "ne", "Free")]},
        {"any": [PAID, FREE]},
        {"any": [PAID, trait("country", "ne", "US")]},
        {"not": {"any": [trait("country", "eq", "US"), FREE]}},
    ],
)
def test_what_can_be_meant_is_not_odd(rule: dict[str, Any]) -> None:
    assert oddities(rule) == []


def test_a_condition_beside_its_negation_is_nobody_in_all_and_everybody_in_any() -> None:
    assert oddities({"all": [PAID, {"not": PAID}]}) == [("contradiction", "rule", "")]
    assert oddities({"any": [PAID, {"not": PAID}]}) == [("always_true", "rule", "")]


def test_two_is_not_of_one_trait_in_any_leave_nobody_out() -> None:
    rules = [trait("plan", "ne", "Paid"), trait("plan", "ne", "Free")]
    assert oddities({"any": rules}) == [("always_true", "rule", "plan")]


def test_negatives_of_different_things_in_any_are_suspicious_where_they_stand() -> None:
    inner = {"any": [trait("country", "ne", "US"), {"not": PAID}]}
    assert oddities({"all": [FREE, inner]}) == [("negatives_any", "rule.all[1]", "")]
