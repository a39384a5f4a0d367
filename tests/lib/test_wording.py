"""Templates that people write."""

import html

import pytest

from lib.wording import filled, names


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("Hello {{ name }}", "Hello Ann <b>"),
        ("{{name}}/{{ seats }}/{{ is_new }}/{{ tags }}", "Ann <b>/3/yes/a, b"),
        ("{{ nobody }}|{{ }}|{ name }|{% x %}", "||{ name }|{% x %}"),
        ("{{ name.__class__ }}{{ 1+1 }}", ""),
    ],
)
def test_names_are_replaced_and_nothing_is_computed(template: str, expected: str) -> None:
    values = {"name": "Ann\n <b>", "seats": 3.0, "is_new": True, "tags": ["a", "b"], "none": None}
    assert filled(template, values) == expected


def test_values_are_escaped_and_the_template_is_not() -> None:
    assert filled("<p>{{ name }}</p>", {"name": "<b>"}, html.escape) == "<p>&lt;b&gt;</p>"


def test_a_template_says_what_it_asks_for() -> None:
    assert names("{{ a }} and {{b}}") == ["a", "b"]
