"""Hostile documents give errors, soon: never a trace, a hang or a message that can't be sent."""

import json
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segments.rules.errors import Code, DefinitionErrors, RuleError
from segments.rules.parse import parse, parse_text
from segments.rules.sql import DIALECTS, Unsupported, to_sql
from tests.rules.hostile import Breaker, golden_documents
from tests.rules.sample import CATALOGUE

LONGEST_SECONDS = 2.0
AS_OF = datetime(2026, 3, 31, 12, tzinfo=UTC)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda below: (
        st.lists(below, max_size=4) | st.dictionaries(st.text(st.characters(), max_size=8), below, max_size=4)
    ),
)


def errors_of(document: object) -> tuple[RuleError, ...]:
    """The errors of a document or a text; none if it happens to be valid."""
    try:
        if isinstance(document, str | bytes):
            parse_text(document, CATALOGUE, key="mine")
        else:
            parse(document, CATALOGUE, key="mine")
    except DefinitionErrors as caught:
        return caught.errors
    return ()


def check_broken(seed: int, documents: int) -> str:
    """Breaks so many documents; what was counted. Those that are still valid become SQL like any other."""
    random, golden = Random(seed), golden_documents()
    breaker = Breaker(random)
    slowest, codes, valid = 0.0, Counter[Code](), 0
    for _ in range(documents):
        document = random.choice(golden)
        hostile = breaker.broken(document) if random.random() < 0.5 else breaker.broken_text(document)
        began = time.process_time()
        errors = errors_of(hostile)
        if not errors:
            valid += 1
            compiled(hostile, random.choice(sorted(DIALECTS)))
        slowest = max(slowest, time.process_time() - began)
        assert len({(error.path, error.code) for error in errors}) == len(errors)
        json.dumps([error.as_json() for error in errors], ensure_ascii=False).encode()
        codes.update(error.code for error in errors)
    assert slowest < LONGEST_SECONDS
    assert set(codes) == set(Code)
    used = ", ".join(f"{kind} {number:,}" for kind, number in sorted(breaker.used.items()))
    told = ", ".join(f"{code} {number:,}" for code, number in sorted(codes.items()))
    return (
        f"{documents:,} hostile documents: {documents - valid:,} refused, {valid:,} valid and compiled, the slowest "
        f"{slowest * 1_000:.0f} ms; put into them: {used}; errors: {told}"
    )


def compiled(document: object, dialect: str) -> None:
    """A valid document as SQL, or the refusal of the dialect."""
    parsed = parse_text(document, CATALOGUE) if isinstance(document, str | bytes) else parse(document, CATALOGUE)
    with suppress(Unsupported):
        assert to_sql(parsed, CATALOGUE, AS_OF, dialect)


def test_broken_documents_give_each_mistake_once_and_in_time(printed: Callable[[str], None]) -> None:
    printed(check_broken(20261122, 2_000))


@pytest.mark.deep
def test_a_hundred_thousand_broken_documents(printed: Callable[[str], None]) -> None:
    printed(check_broken(Random().randrange(2**32), 100_000))


@given(json_values)
def test_any_json_is_refused_with_errors(value: object) -> None:
    assert errors_of(value)


@given(json_values)
def test_any_json_in_the_place_of_a_rule_or_a_value_is_refused_or_read(value: object) -> None:
    assert errors_of({"unit": "profile", "rule": value})
    rule = {"trait": "interests", "op": "has_any", "value": value}
    readable = isinstance(value, list) and bool(value) and all(isinstance(item, str) for item in value)
    refused = bool(errors_of({"unit": "profile", "rule": rule}))
    assert refused or readable


@given(st.binary())
def test_any_bytes_are_refused_with_errors(text: bytes) -> None:
    assert errors_of(text)


@pytest.mark.parametrize("opened", ["[", '{"a":', '{"unit": "profile", "rule": {"all": ['])
@pytest.mark.parametrize("times", [64, 65, 66, 401, 100_000])
def test_a_text_that_ends_within_too_many_brackets_is_refused(opened: str, times: int) -> None:
    assert [error.code for error in errors_of(opened * times)] == [Code.BAD_VALUE]


@given(st.text())
def test_any_text_is_refused_with_errors(text: str) -> None:
    assert errors_of(text)


def test_a_long_list_of_long_unknown_names_is_answered_in_time() -> None:
    names = [f"{number:03}" + "x" * 120 for number in range(1_000)]
    began = time.process_time()
    errors = errors_of({"unit": "profile", "rule": {"event": names}})
    assert len(errors) == 1_000
    assert time.process_time() - began < LONGEST_SECONDS
