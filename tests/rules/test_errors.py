"""Every mistake gives one error, with its path and code, in document order."""

import json
from pathlib import Path

import pytest

from segments.rules.errors import DefinitionErrors
from segments.rules.parse import parse, parse_text
from tests.rules.sample import CATALOGUE

UNITS = {"p": "profile", "c": "company"}


def read_cases() -> list[tuple[str, list[str]]]:
    """The (document text, expected lines) of the golden file."""
    cases: list[tuple[str, list[str]]] = []
    for line in (Path(__file__).parent / "golden" / "errors.txt").read_text(encoding="utf-8").split("\n"):
        if line.startswith("  "):
            cases[-1][1].append(line.strip())
        elif line and not line.startswith("#"):
            start, _, text = line.partition(" ")
            document = text if start == "d" else f'{{"unit": "{UNITS[start]}", "rule": {text}}}'
            cases.append((document, []))
    return cases


def errors_of(text: str) -> list[str]:
    """The errors of a document as the golden file writes them."""
    with pytest.raises(DefinitionErrors) as caught:
        parse_text(text, CATALOGUE, key="mine")
    assert all(error.message[0].isupper() or error.message[0] == "'" for error in caught.value.errors)
    return [f"{error.path or '(definition)'} {error.code}" for error in caught.value.errors]


@pytest.mark.parametrize(("text", "expected"), read_cases())
def test_a_mistake_gives_one_error_with_path_and_code(text: str, expected: list[str]) -> None:
    assert errors_of(text) == expected


def nested(levels: int) -> dict[str, object]:
    """A rule of that many levels."""
    rule: dict[str, object] = {"everyone": True}
    for _ in range(levels - 1):
        rule = {"not": rule}
    return {"unit": "profile", "rule": rule}


def test_sixteen_levels_are_allowed_and_the_seventeenth_is_the_one_that_errs() -> None:
    parse(nested(16), CATALOGUE)
    assert errors_of(json.dumps(nested(17))) == ["rule" + ".not" * 16 + " limit"]


@pytest.mark.parametrize("opening", ['{"not": ', '{"all": [', '{"company": ', '{"people": '])
def test_a_bomb_of_nested_rules_is_a_limit_error_too(opening: str) -> None:
    depth = 20_000
    closing = "".join({"{": "}", "[": "]"}[bracket] for bracket in reversed(opening) if bracket in "{[")
    text = f'{{"unit": "profile", "rule": {opening * depth}{{"everyone": true}}{closing * depth}}}'
    assert any(line.endswith(" limit") for line in errors_of(text))


def test_a_deep_python_value_is_refused_without_recursion() -> None:
    value: list[object] = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(DefinitionErrors) as caught:
        parse({"unit": "profile", "rule": {"trait": "age", "op": "in", "value": value}}, CATALOGUE)
    assert [error.code for error in caught.value.errors] == ["wrong_type"]


def test_a_value_that_holds_itself_is_refused() -> None:
    value: list[object] = []
    value.append(value)
    with pytest.raises(DefinitionErrors) as caught:
        parse({"unit": "profile", "rule": {"trait": "age", "op": "in", "value": value}}, CATALOGUE)
    assert [error.path for error in caught.value.errors] == ["rule.value[0]"]


def leaves(number: int) -> str:
    return json.dumps({"unit": "profile", "rule": {"all": [{"everyone": True}] * number}})


def test_two_hundred_leaves_are_allowed_and_steps_and_properties_count() -> None:
    parse_text(leaves(200), CATALOGUE)
    assert errors_of(leaves(201)) == ["rule limit"]
    where = [{"property": "device", "op": "is_set"}]
    sequence = {"sequence": [{"event": "logged_in", "where": where}] * 10}
    parse({"unit": "profile", "rule": {"all": [sequence] * 10}}, CATALOGUE)
    one_more = {"unit": "profile", "rule": {"all": [*[sequence] * 10, {"segment": "vips"}]}}
    assert errors_of(json.dumps(one_more)) == ["rule limit"]


@pytest.mark.parametrize(
    ("op", "value", "expected"),
    [
        ("eq", "x" * 1_000, []),
        ("eq", "x" * 1_001, ["rule.value limit"]),
        ("eq", "😀" * 1_000, []),
        ("matches", "x" * 200, []),
        ("matches", "x" * 201, ["rule.value limit"]),
        ("in", ["x"] * 1_000, []),
        ("in", ["x"] * 1_001, ["rule.value limit"]),
    ],
)
def test_texts_patterns_and_lists_have_limits(op: str, value: object, expected: list[str]) -> None:
    document = {"unit": "profile", "rule": {"trait": "country", "op": op, "value": value}}
    if expected:
        assert errors_of(json.dumps(document)) == expected
    else:
        assert parse(document, CATALOGUE).rule


def test_the_size_is_that_of_compact_json_in_utf_8() -> None:
    long_list = ["é" * 129] * 1_000
    rule = {"trait": "country", "op": "in", "value": long_list}
    document = {"unit": "profile", "rule": rule}
    assert len(json.dumps(document, ensure_ascii=True)) > 256 * 1024
    parse_text(json.dumps(document, indent=4), CATALOGUE)
    rule["value"] = ["é" * 131] * 1_000
    assert errors_of(json.dumps(document)) == ["(definition) limit"]


def test_text_that_is_not_utf_8_is_refused_and_a_byte_order_mark_is_not() -> None:
    good = b'{"unit": "profile", "rule": {"everyone": true}}'
    assert parse_text(b"\xef\xbb\xbf" + good, CATALOGUE) == parse_text(good, CATALOGUE)
    with pytest.raises(DefinitionErrors, match="not UTF-8 at byte 3"):
        parse_text(b"{ \xff}", CATALOGUE)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"trait": "contry", "op": "eq", "value": 1}, "There is no trait 'contry'; did you mean 'country'?"),
        ({"trait": "industry", "op": "is_set"}, "There is no trait 'industry'; did you mean 'company.industry'?"),
        ({"event": "Logged_In"}, "There is no event 'Logged_In'; did you mean 'logged_in'?"),
        ({"segment": "vip"}, "There is no segment 'vip'; did you mean 'vips'?"),
        ({"triat": 1}, "did you mean 'trait'?"),
        ({"trait": "age", "op": "gte", "value": "1"}, "'value' must be a number, not a text (trait 'age' is a number)"),
    ],
)
def test_a_message_says_what_to_do(rule: dict[str, object], message: str) -> None:
    with pytest.raises(DefinitionErrors) as caught:
        parse({"unit": "profile", "rule": rule}, CATALOGUE)
    assert message in caught.value.errors[0].message


def test_a_path_is_always_text_that_can_be_sent() -> None:
    with pytest.raises(DefinitionErrors) as caught:
        parse({"unit": "profile", "rule": {"everyone": True}, "\ud800": 1, '"\n': 2}, CATALOGUE)
    assert [error.path for error in caught.value.errors] == ['["\\ud800"]', r'["\"\n"]']
    json.dumps([error.as_json() for error in caught.value.errors], ensure_ascii=False).encode()


def test_keys_that_are_no_texts_as_yaml_has_them_are_unknown_keys() -> None:
    document = {"unit": "profile", "rule": {None: 1, True: 2}, 5: 6, (1, 2): 3, None: 4}
    with pytest.raises(DefinitionErrors) as caught:
        parse(document, CATALOGUE)
    assert [f"{error.path} {error.code}" for error in caught.value.errors] == [
        "rule rule_kind",
        '["5"] unknown_key',
        '["(1, 2)"] unknown_key',
        "None unknown_key",
    ]


def test_thousands_of_unknown_names_are_answered_at_once() -> None:
    rule = {"all": [{"trait": f"no such trait {number}", "op": "is_set"} for number in range(4_000)]}
    with pytest.raises(DefinitionErrors) as caught:
        parse({"unit": "profile", "rule": rule}, CATALOGUE)
    assert len(caught.value.errors) == 4_001
