"""Definitions as sentences and outlines; the golden file is meant to be read aloud."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

from segments.rules.catalogue import Unit
from segments.rules.parse import parse, parse_text
from segments.rules.words import Labels, Span, describe, describe_rule, describe_spans, outline
from tests.rules.documents import definitions
from tests.rules.sample import CATALOGUE

STARTS = {"p": ("profile", "UTC"), "c": ("company", "UTC"), "B": ("profile", "Europe/Berlin")}


def read_cases() -> list[tuple[str, str]]:
    """The (document, sentence) of the golden file."""
    lines = (Path(__file__).parent / "golden" / "words.txt").read_text(encoding="utf-8").split("\n")
    kept = [line for line in lines if line and not line.startswith("#")]
    cases = []
    for rule, sentence in zip(kept[::2], kept[1::2], strict=True):
        unit, timezone = STARTS[rule[0]]
        cases.append((f'{{"unit": "{unit}", "timezone": "{timezone}", "rule": {rule[2:]}}}', sentence.strip()))
    return cases


@pytest.mark.parametrize(("document", "sentence"), read_cases())
def test_a_definition_reads_as_a_sentence(document: str, sentence: str) -> None:
    assert describe(parse_text(document, CATALOGUE)) == sentence


def test_display_names_are_used_where_there_are_any() -> None:
    labels = Labels(
        profile_traits={"plan": "Plan"},
        company_traits={"plan": "Wrong"},
        events={"logged_in": "Logged in"},
        properties={"device": "Device"},
        segments={"vips": "VIP customers"},
    )
    rule = {
        "all": [
            {"trait": "plan", "op": "eq", "value": "Trial"},
            {"event": "logged_in", "where": [{"property": "device", "op": "is_set"}], "window": {"last": "7 days"}},
            {"segment": "vips"},
        ]
    }
    assert describe(parse({"unit": "profile", "rule": rule}, CATALOGUE), labels) == (
        "People whose Plan is Trial and with “Logged in” where Device is known, at least once in the last 7 days, "
        "and who are in the segment “VIP customers”."
    )


def test_a_sentence_comes_in_pieces_for_pages() -> None:
    rule = {
        "all": [{"trait": "plan", "op": "eq", "value": "Trial"}, {"event": "logged_in", "window": {"last": "7 days"}}]
    }
    definition = parse({"unit": "profile", "rule": rule}, CATALOGUE)
    assert describe_spans(definition) == (
        Span("People whose plan is "),
        Span("Trial", "value"),
        Span(" "),
        Span("and", "join"),
        Span(" with "),
        Span("“logged_in”", "value"),
        Span(" at least "),
        Span("once", "value"),
        Span(" in the last 7 days."),
    )


def test_marks_in_names_from_outside_are_no_marks() -> None:
    labels = Labels(profile_traits={"plan": "Pl\x01an"}, segments={"vips": "a\x02b\x03\nc"})
    rule = {"all": [{"trait": "plan", "op": "eq", "value": "\x01x\x03"}, {"segment": "vips"}]}
    definition = parse({"unit": "profile", "rule": rule}, CATALOGUE)
    expected = "People whose Pl�an is “�x�” and who are in the segment “a�b��c”."
    assert describe(definition, labels) == expected
    assert "".join(span.text for span in describe_spans(definition, labels)) == expected


def test_a_rule_is_a_phrase_too() -> None:
    definition = parse({"unit": "profile", "rule": {"event": "logged_in"}}, CATALOGUE)
    assert describe_rule(definition.rule, Unit.PROFILE) == "with “logged_in” at least once"


def test_an_outline_has_a_line_per_rule() -> None:
    rule = {
        "all": [
            {"trait": "plan", "op": "eq", "value": "Trial"},
            {"not": {"trait": "country", "op": "eq", "value": "DE"}},
            {"not": {"any": [{"event": "logged_in"}, {"segment": "vips"}]}},
            {"company": {"any": [{"trait": "employees", "op": "gt", "value": 5}, {"people": {"segment": "vips"}}]}},
            {
                "sequence": [
                    {"event": "cart_updated"},
                    {"event": "order_completed", "within": "1 hour", "absent": True},
                ],
                "window": {"last": "2 days"},
            },
        ]
    }
    lines = outline(parse({"unit": "profile", "rule": rule}, CATALOGUE))
    assert [("  " * line.depth) + line.text for line in lines] == [
        "All of:",
        "  Plan is Trial",
        "  Not: country is DE",
        "  None of:",
        "    “logged_in” at least once",
        "    In the segment “vips”",
        "  Their company: any of:",
        "    Employees are more than 5",
        "    At least one of their people: in the segment “vips”",
        "  In this order in the last 2 days:",
        "    “cart_updated”",
        "    Then no “order_completed” within 1 hour",
    ]
    assert [line.path for line in lines[:4]] == ["rule", "rule.all[0]", "rule.all[1].not", "rule.all[2]"]


@given(definitions())
def test_every_definition_has_words_on_one_line(document: dict[str, object]) -> None:
    definition = parse(document, CATALOGUE)
    sentence = describe(definition)
    assert sentence.endswith(".")
    assert sentence.isprintable()
    assert "".join(span.text for span in describe_spans(definition)) == sentence
    assert all(line.text.isprintable() for line in outline(definition))


def test_long_lists_are_cut_in_sentences_only_as_far_as_asked() -> None:
    countries = [f"C{number}" for number in range(30)]
    document = {"unit": "profile", "rule": {"trait": "country", "op": "in", "value": countries}}
    definition = parse(document, CATALOGUE)
    assert describe(definition).endswith("C10 or 19 more.")
    assert describe(definition, replace(Labels(), most_listed=100)).endswith("C28 or C29.")
