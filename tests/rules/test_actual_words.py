"""What is said of one member: a rule, what was found, and the words, as triples in a file to read aloud."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from segments.rules.catalogue import Unit
from segments.rules.nodes import All, Any, AtLeast, Everyone, InCompany, Not, People
from segments.rules.parse import parse
from segments.rules.words import Labels
from segments.rules.words.actual import branch_words, leaf_words, people_words
from tests.rules.sample import CATALOGUE

TRIPLES = (Path(__file__).parent / "golden" / "actual.txt").read_text(encoding="utf-8").strip().split("\n\n")
LABELS = Labels(events={"logged_in": "Logged in"}, profile_traits={"plan": "Plan"})
MOMENT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
"""Stands in the file as the language writes it."""


@pytest.mark.parametrize("triple", TRIPLES)
def test_a_leaf_says_what_was_found_and_what_it_needs(triple: str) -> None:
    rule, found, words = triple.split("\n")
    definition = parse({"unit": "profile", "rule": json.loads(rule)}, CATALOGUE)
    value = MOMENT if found == '"2026-03-01T09:30:00Z"' else json.loads(found)
    assert leaf_words(definition.rule, Unit.PROFILE, value, LABELS, holds=False) == words


def test_there_are_no_marks_in_what_is_said() -> None:
    assert all(line.isprintable() for triple in TRIPLES for line in triple.split("\n"))


TWO = (Everyone(), Everyone())


@pytest.mark.parametrize(
    ("rule", "below", "holds", "words"),
    [
        (All(TWO), [True, False], False, "1 of 2 is true, all are needed"),
        (All(TWO), [True, True], True, "2 of 2 are true"),
        (Any(TWO), [False, False], False, "none of 2 is true, one is needed"),
        (Any(TWO), [True, False], True, "1 of 2 is true"),
        (Not(Everyone()), [True], False, "false because what it denies is true"),
        (InCompany(Everyone()), [True], True, "true of their company"),
        (InCompany(Everyone()), [False], False, "not true of their company"),
    ],
)
def test_a_group_says_how_many_are_true(rule: All, below: list[bool], holds: bool, words: str) -> None:
    assert branch_words(rule, below, holds=holds) == words


@pytest.mark.parametrize(
    ("rule", "people", "words"),
    [
        (People(Everyone()), 0, "true of none of their people, needs at least 1"),
        (People(Everyone(), AtLeast(3)), 2, "true of 2 of their people, needs at least 3"),
        (People(Everyone(), "none"), 1, "true of 1 of their people, needs none"),
        (People(Everyone(), "all"), 5, "true of 5 of their people, needs all of them, and at least one"),
    ],
)
def test_rules_about_people_say_how_many(rule: People, people: int, words: str) -> None:
    assert people_words(rule, people) == words
