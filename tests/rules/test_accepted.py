"""What is just inside the limits is accepted, and becomes the node that it says."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from segments.rules.catalogue import Unit
from segments.rules.nodes import Ago, At, Between, Duration, Event, InCompany, Midnight, Sequence, Trait
from segments.rules.parse import parse, parse_text
from tests.rules.sample import CATALOGUE


def read(rule: dict[str, Any], unit: str = "profile") -> Any:
    """The node of a rule."""
    return parse({"unit": unit, "rule": rule}, CATALOGUE).rule


@pytest.mark.parametrize(
    ("trait", "op", "value", "expected"),
    [
        ("age", "eq", 7, 7.0),
        ("age", "eq", 999_999_999_999, 999_999_999_999.0),
        ("age", "eq", -999_999_999_999.5, -999_999_999_999.5),
        ("age", "between", [5, 5], (5.0, 5.0)),
        ("age", "in", [1, 1, 2], (1.0, 1.0, 2.0)),
        ("age", "top_percent", 0.01, 0.01),
        ("age", "top_percent", 100, 100.0),
        ("age", "bottom_percent", 33.33, 33.33),
        ("country", "eq", "", ""),
        ("country", "in", [""], ("",)),
        ("country", "contains", " ", " "),
        ("interests", "has_any", [""], ("",)),
        ("newsletter", "eq", False, False),
        ("signed_up_at", "in_last", "1 minute", Duration(1, "minute")),
        ("signed_up_at", "in_last", "1 days", Duration(1, "day")),
        ("signed_up_at", "in_last", "2 day", Duration(2, "day")),
        ("signed_up_at", "in_last", "52596000 minutes", Duration(52_596_000, "minute")),
        ("signed_up_at", "in_last", "876600 hours", Duration(876_600, "hour")),
        ("signed_up_at", "in_last", "36525 days", Duration(36_525, "day")),
        ("signed_up_at", "in_last", "5217 weeks", Duration(5_217, "week")),
        ("signed_up_at", "in_last", "1200 months", Duration(1_200, "month")),
        ("signed_up_at", "in_last", "100 years", Duration(100, "year")),
        ("birthday", "anniversary_in_next", "366 days", Duration(366, "day")),
        ("birthday", "anniversary_in_next", "52 weeks", Duration(52, "week")),
        ("birthday", "anniversary_in_next", "12 months", Duration(12, "month")),
        ("birthday", "anniversary_in_next", "1 year", Duration(1, "year")),
        ("birthday", "before", "1900-01-01", Midnight(date(1900, 1, 1))),
        ("birthday", "before", "2299-12-31", Midnight(date(2299, 12, 31))),
        ("birthday", "before", "2024-02-29", Midnight(date(2024, 2, 29))),
        ("birthday", "before", "2300-01-01T00:00:00+00:01", At(datetime(2299, 12, 31, 23, 59, tzinfo=UTC))),
        ("birthday", "before", "1900-01-01T00:00:00Z", At(datetime(1900, 1, 1, tzinfo=UTC))),
        ("birthday", "before", "2026-01-01T01:00:00.5-23:59", At(datetime(2026, 1, 2, 0, 59, 0, 500_000, tzinfo=UTC))),
        ("birthday", "before", "2026-01-01T01:00:00.123456Z", At(datetime(2026, 1, 1, 1, 0, 0, 123_456, tzinfo=UTC))),
        ("birthday", "between", ["2026-01-01", "2026-01-01"], (Midnight(date(2026, 1, 1)),) * 2),
        (
            "birthday",
            "between",
            [{"ago": "1 day"}, "1999-01-01"],
            (Ago(Duration(1, "day")), Midnight(date(1999, 1, 1))),
        ),
    ],
)
def test_a_value_at_the_border_is_accepted(trait: str, op: str, value: object, expected: object) -> None:
    node = read({"trait": trait, "op": op, "value": value})
    assert (node.key, node.op, node.value) == (trait, op, expected)


def test_minus_zero_is_zero() -> None:
    text = '{"unit": "profile", "rule": {"trait": "age", "op": "eq", "value": -0.0}}'
    node = parse_text(text, CATALOGUE).rule
    assert isinstance(node, Trait)
    assert str(node.value) == "0.0"


def test_a_company_trait_in_short_is_a_rule_about_the_company_at_the_same_place() -> None:
    short, long = (
        read({"trait": "company.industry", "op": "is_set"}),
        read({"company": {"trait": "industry", "op": "is_set"}}),
    )
    assert short == long == InCompany(Trait("industry", "is_set"))
    assert (short.path, short.rule.path, long.rule.path) == ("rule", "rule", "rule.company")


def test_an_event_alone_happened_at_least_once() -> None:
    assert read({"event": "logged_in"}) == Event(("logged_in",), op="gte", value=1.0)
    assert read({"event": "logged_in", "measure": "count", "where": []}) == read({"event": ["logged_in"]})


def test_windows_whose_ends_can_not_be_compared_are_accepted() -> None:
    window = {"from": "2026-05-01", "to": "2026-01-01T00:00:00Z"}
    node = read({"event": "logged_in", "window": window})
    assert node.window == Between(Midnight(date(2026, 5, 1)), At(datetime(2026, 1, 1, tzinfo=UTC)))


def test_ten_steps_and_absent_false_anywhere_are_accepted() -> None:
    node = read({"sequence": [{"event": "*", "absent": False}] * 10})
    assert isinstance(node, Sequence)
    assert len(node.steps) == 10


def test_a_property_may_lack_in_some_of_the_events_and_a_bad_one_elsewhere_does_no_harm() -> None:
    events = ["order_completed", "logged_in", "report_created"]
    node = read({"event": events, "where": [{"property": "device", "op": "eq", "value": "phone"}]})
    assert node.where[0].key == "device"


def test_defaults_are_those_of_the_caller() -> None:
    definition = parse({"unit": "company", "rule": {"everyone": True}}, CATALOGUE, default_timezone="Asia/Tokyo")
    assert (definition.unit, definition.timezone, definition.version) == (Unit.COMPANY, "Asia/Tokyo", 1)
