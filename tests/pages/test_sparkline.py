"""Sparklines."""

import pytest

from pages.sparkline import path


@pytest.mark.parametrize("values", [[], [None], [None, 5, None]])
def test_one_number_makes_no_line(values: list[int | None]) -> None:
    assert path(values) == ""


def test_the_line_spans_the_range_of_its_values() -> None:
    assert path([0, 10, 5]) == "M2.0 20.0L44.0 2.0L86.0 11.0"


def test_equal_values_are_a_line_in_the_middle() -> None:
    assert path([7, 7]) == "M2.0 11.0L86.0 11.0"


def test_what_is_not_known_is_a_gap() -> None:
    assert path([0, None, 10, 10, None]) == "M2.0 20.0M44.0 2.0L65.0 2.0"
