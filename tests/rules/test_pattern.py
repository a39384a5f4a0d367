"""The portable patterns: what is accepted, as which tree, and what is refused."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segments.rules.fold import fold, fold_ranges
from segments.rules.pattern import (
    Class,
    Concat,
    Dot,
    Either,
    End,
    Literal,
    PatternError,
    Repeat,
    Start,
    fold_pattern,
    parse_pattern,
)

REFUSED = (Path(__file__).parent / "golden" / "patterns_refused.txt").read_text().splitlines()
ACCEPTED = (Path(__file__).parent / "golden" / "patterns_accepted.txt").read_text().splitlines()


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("abc", Literal("abc")),
        ("^a.c$", Concat((Start(), Literal("a"), Dot(), Literal("c"), End()))),
        ("ab*", Concat((Literal("a"), Repeat(Literal("b"), 0, None)))),
        ("(?:ab){2,3}", Repeat(Literal("ab"), 2, 3)),
        ("a|b|cd", Either((Literal("a"), Literal("b"), Literal("cd")))),
        ("[a-cb-e.]", Class(((".", "."), ("a", "e")))),
        (r"[^\d_]", Class((("0", "9"), ("_", "_")), negated=True)),
        (r"\W", Class((("0", "9"), ("A", "Z"), ("_", "_"), ("a", "z")), negated=True)),
        (r"\s", Class((("\t", "\r"), (" ", " ")))),
        (r"a{3}", Repeat(Literal("a"), 3, 3)),
        (r"a{3,}", Repeat(Literal("a"), 3, None)),
        (r"\.\t\\", Literal(".\t\\")),
    ],
)
def test_a_pattern_becomes_a_tree(text: str, tree: object) -> None:
    assert parse_pattern(text) == tree


@pytest.mark.parametrize("text", ACCEPTED)
def test_the_portable_subset_is_accepted_and_python_agrees_that_it_is_a_pattern(text: str) -> None:
    parse_pattern(text)
    re.compile(text)


@pytest.mark.parametrize("text", ["", *REFUSED])
def test_everything_else_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(PatternError, match=r"\(character \d+\)$"):
        parse_pattern(text)


def test_nested_repeats_multiply_to_at_most_a_thousand() -> None:
    assert parse_pattern("(a{100}){10}")
    assert parse_pattern("a{1000}b{1000}")
    assert parse_pattern("((a{2,}){500})*")
    with pytest.raises(PatternError, match="multiply to 1,100"):
        parse_pattern("(a{100}){11}")


def test_deep_brackets_cost_no_recursion() -> None:
    assert parse_pattern("(" * 100_000 + "a" + ")" * 100_000) == Literal("a")


def test_folding_a_pattern_folds_letters_and_ranges() -> None:
    assert fold_pattern(parse_pattern("Straße|İ")) == Either((Literal("straße"), Literal("i")))
    assert fold_pattern(parse_pattern("[A-Z]")) == Class((("a", "z"),))
    assert fold_pattern(parse_pattern("[X-b]")) == Class((("[", "b"), ("x", "z")))


@given(st.characters(exclude_categories=["Cs"]), st.integers(0, 300))
def test_folded_ranges_hold_exactly_the_folded_characters(first: str, length: int) -> None:
    last = min(ord(first) + length, 0x10FFFF)
    characters = [chr(point) for point in range(ord(first), last + 1)]
    expected = {fold(character) for character in characters}
    ranges = fold_ranges(((first, chr(last)),))
    assert {chr(point) for low, high in ranges for point in range(ord(low), ord(high) + 1)} == expected


@given(st.text())
def test_any_text_is_either_a_pattern_or_a_pattern_error(text: str) -> None:
    try:
        outcome = repr(parse_pattern(text))
    except PatternError as error:
        outcome = str(error)
    assert outcome
