"""The JSON schema says what validation says, as far as it can without a catalogue."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from segments.rules.normalise import normalise
from segments.rules.operators import OPERATORS
from segments.rules.parse import parse
from segments.rules.schema import schema
from tests.rules.documents import definitions
from tests.rules.sample import CATALOGUE
from tests.rules.schema_check import accepts

SCHEMA = schema()
UNITS = {"p": "profile", "c": "company", "B": "profile"}
FORM = {"unknown_key", "rule_kind", "empty", "too_short"}
"""Codes of mistakes that are seen without a catalogue and without arithmetic."""


def golden(name: str) -> list[dict[str, Any]]:
    lines = (Path(__file__).parent / "golden" / name).read_text(encoding="utf-8").split("\n")
    kept = [line.partition(" ") for line in lines if line[:2] in ("p ", "c ", "B ")]
    return [{"unit": UNITS[start], "rule": json.loads(text)} for start, _, text in kept]


@given(definitions())
def test_the_schema_accepts_every_valid_definition_and_its_normal_form(document: dict[str, Any]) -> None:
    assert accepts(SCHEMA, document, SCHEMA)
    assert accepts(SCHEMA, normalise(parse(document, CATALOGUE)), SCHEMA)


@pytest.mark.parametrize("document", golden("words.txt"))
def test_the_schema_accepts_what_the_golden_sentences_say(document: dict[str, Any]) -> None:
    assert accepts(SCHEMA, document, SCHEMA)


def test_the_schema_refuses_what_is_wrong_whatever_the_names_mean() -> None:
    lines = (Path(__file__).parent / "golden" / "errors.txt").read_text(encoding="utf-8").split("\n")
    refused = 0
    for line, error in pairwise(lines):
        if line[:2] in ("p ", "c ") and error.split()[-1] in FORM:
            document = {"unit": UNITS[line[0]], "rule": json.loads(line[2:])}
            refused += 1
            assert not accepts(SCHEMA, document, SCHEMA), line
    assert refused == 40


@pytest.mark.parametrize(
    "rule",
    [
        {"trait": "x", "op": "contains", "value": 5},
        {"trait": "x", "op": "is_set", "value": 5},
        {"trait": "x", "op": "gt", "value": 5, "ignore_case": True},
        {"event": "x", "missing": True},
        {"event": "x", "measure": "sum", "op": "gt", "value": 5},
        {"event": "x", "measure": "last_at", "op": "gt", "value": 5},
        {"event": "x", "measure": "change", "op": "gt", "value": 5, "window": {"this": "week"}},
        {"event": "x", "where": [{"property": "y", "op": "top_percent", "value": 5}]},
    ],
)
def test_the_schema_knows_which_value_goes_with_which_operator(rule: dict[str, Any]) -> None:
    assert not accepts(SCHEMA, {"unit": "profile", "rule": rule}, SCHEMA)


def test_the_tables_for_the_page_hold_every_operator() -> None:
    assert {
        type_: [operator["name"] for operator in operators] for type_, operators in SCHEMA["x-operators"].items()
    } == {type_.value: list(table) for type_, table in OPERATORS.items()}
    assert [measure["name"] for measure in SCHEMA["x-measures"]][:3] == ["count", "days", "sum"]


def test_the_schema_is_json() -> None:
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA
