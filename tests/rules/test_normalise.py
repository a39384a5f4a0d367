"""The normal form and the hash: what is spelt differently but says the same is the same."""

import json
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segments.rules.normalise import compact_json, definition_sha256, normalise
from segments.rules.parse import parse, parse_text
from tests.rules.documents import definitions, reworded
from tests.rules.sample import CATALOGUE

UNITS = {"p": "profile", "c": "company"}


def read_cases() -> list[tuple[str, str, str]]:
    """The (unit, rule, normal rule) of the golden file."""
    lines = (Path(__file__).parent / "golden" / "normal_forms.txt").read_text(encoding="utf-8").split("\n")
    kept = [line for line in lines if line and not line.startswith("#")]
    return [(UNITS[rule[0]], rule[2:], normal.strip()) for rule, normal in zip(kept[::2], kept[1::2], strict=True)]


@pytest.mark.parametrize(("unit", "rule", "normal"), read_cases())
def test_a_rule_has_its_normal_form(unit: str, rule: str, normal: str) -> None:
    form = normalise(parse_text(f'{{"unit": "{unit}", "rule": {rule}}}', CATALOGUE))
    assert compact_json(form["rule"]) == normal
    assert parse(form, CATALOGUE)


def test_version_and_timezone_are_written_out() -> None:
    document = {"unit": "profile", "rule": {"everyone": True}}
    berlin = parse(document, CATALOGUE, default_timezone="Europe/Berlin")
    text = '{"rule":{"everyone":true},"timezone":"Europe/Berlin","unit":"profile","version":1}'
    assert compact_json(normalise(berlin)) == text
    assert definition_sha256(berlin) == sha256(text.encode()).hexdigest()
    assert definition_sha256(parse(document, CATALOGUE)) != definition_sha256(berlin)


def test_text_is_not_escaped_beyond_need() -> None:
    value = 'é"\\/\n\x7f\u2028😀'
    assert compact_json(value) == '"é\\"\\\\/\\n\x7f\u2028😀"'


@given(definitions())
def test_the_normal_form_is_valid_and_its_own_normal_form(document: dict[str, object]) -> None:
    normal = normalise(parse(document, CATALOGUE))
    assert normalise(parse(normal, CATALOGUE)) == normal
    assert normalise(parse_text(json.dumps(normal), CATALOGUE)) == normal


@given(definitions(), st.randoms(use_true_random=False))
def test_the_hash_stays_when_the_same_is_said_in_other_words(document: dict[str, object], random: Random) -> None:
    again = reworded(document, random)
    assert definition_sha256(parse(again, CATALOGUE)) == definition_sha256(parse(document, CATALOGUE))
