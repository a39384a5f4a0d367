"""The page about the language is right: its examples parse and read as it says, and it names everything."""

import re
from pathlib import Path

import pytest

from segments.rules.errors import Code
from segments.rules.operators import MEASURES, OPERATORS
from segments.rules.parse import parse_text
from segments.rules.parsing.rules import KINDS
from segments.rules.words import describe
from tests.rules.sample import CATALOGUE

PAGE = (Path(__file__).parents[2] / "docs" / "rule-language.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```json\n([^`]*)```\n(?:> (.*)\n)?", PAGE)


@pytest.mark.parametrize(("document", "sentence"), EXAMPLES)
def test_an_example_is_valid_and_reads_as_the_page_says(document: str, sentence: str) -> None:
    assert describe(parse_text(document, CATALOGUE)) == sentence


def test_the_page_has_the_examples_from_practice() -> None:
    assert len(EXAMPLES) >= 18


def test_every_word_of_the_language_is_on_the_page() -> None:
    named = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`[^`\n]+`", PAGE.replace("```", "")))))
    operators = {name for table in OPERATORS.values() for name in table}
    assert operators | set(MEASURES) | set(KINDS) | {code.value for code in Code} <= named
