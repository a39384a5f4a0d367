"""What changed between two versions, in words."""

import random
from typing import Any

from hypothesis import HealthCheck, given, settings

from segments.rules.diff import Kind, changes_only, diff
from segments.rules.parse import parse
from segments.rules.words import outline
from tests.rules.documents import definitions, reworded
from tests.rules.sample import CATALOGUE

SIGNS = {Kind.SAME: " ", Kind.ADDED: "+", Kind.REMOVED: "-", Kind.CHANGED: "~"}
TRIAL = {"trait": "plan", "op": "eq", "value": "Trial"}
VIPS = {"segment": "vips"}
LOGGED_IN = {"event": "logged_in", "window": {"last": "30 days"}}
NEVER_CREATED = {"event": "Created project", "op": "eq", "value": 0}


def lines_of(before: dict[str, Any], after: dict[str, Any], **settings: str) -> list[str]:
    old = parse({"unit": "profile", "rule": before}, CATALOGUE)
    new = parse({"unit": "profile", "rule": after} | settings, CATALOGUE)
    lines = diff(old, new)
    return [
        SIGNS[line.kind] + "  " * line.depth + (f"{line.was} -> " if line.was else "") + line.text for line in lines
    ]


def age(least: int, most: int) -> dict[str, Any]:
    return {"trait": "age", "op": "between", "value": [least, most]}


def test_lines_are_added_removed_and_changed_where_they_stand() -> None:
    before = {"all": [TRIAL, age(4, 14), LOGGED_IN, {"any": [NEVER_CREATED, VIPS]}]}
    after = {"all": [TRIAL, age(4, 21), {"any": [NEVER_CREATED, {"event": "page_viewed"}, VIPS]}, {"everyone": True}]}
    assert lines_of(before, after) == [
        " All of:",
        "   Plan is Trial",
        "~  Age is between 4 and 14 -> Age is between 4 and 21",
        "-  “logged_in” at least once in the last 30 days",
        "   Any of:",
        "     No “Created project”",
        "+    “page_viewed” at least once",
        "     In the segment “vips”",
        "+  Anyone at all",
    ]


def test_moving_a_rule_changes_nothing() -> None:
    old = parse({"unit": "profile", "rule": {"all": [TRIAL, VIPS, {"any": [LOGGED_IN, VIPS]}]}}, CATALOGUE)
    new = parse({"unit": "profile", "rule": {"all": [{"any": [VIPS, LOGGED_IN]}, VIPS, TRIAL]}}, CATALOGUE)
    assert changes_only(diff(old, new)) == ()


def test_a_rule_that_gets_company_stays_itself() -> None:
    assert lines_of(TRIAL, {"all": [VIPS, TRIAL]}) == [" All of:", "+  In the segment “vips”", "   Plan is Trial"]
    assert lines_of({"all": [VIPS, TRIAL]}, TRIAL) == [" All of:", "-  In the segment “vips”", "   Plan is Trial"]


def test_any_that_becomes_all_changes_its_heading_only_at_the_top_too() -> None:
    heading = ["~All of: -> Any of:", "   Plan is Trial", "   In the segment “vips”"]
    assert lines_of({"all": [TRIAL, VIPS]}, {"any": [TRIAL, VIPS]}) == heading
    assert lines_of({"any": [TRIAL, VIPS]}, {"all": [TRIAL, VIPS]})[0] == "~Any of: -> All of:"
    joined = lines_of({"any": [TRIAL, VIPS]}, {"all": [{"any": [TRIAL, VIPS]}, LOGGED_IN]})
    assert [line[0] for line in joined] == [" ", " ", " ", " ", "+"]


def test_all_that_becomes_any_changes_its_heading_only() -> None:
    before, after = {"all": [{"any": [TRIAL, VIPS]}, LOGGED_IN]}, {"all": [{"all": [TRIAL, VIPS]}, LOGGED_IN]}
    assert lines_of(before, after) == [
        " All of:",
        "~  Any of: -> All of:",
        "     Plan is Trial",
        "     In the segment “vips”",
        "   “logged_in” at least once in the last 30 days",
    ]


def test_the_timezone_and_steps_in_their_order_are_compared() -> None:
    first, second = {"event": "trial_started"}, {"event": "import_finished", "within": "2 days"}
    before = {"sequence": [first, second]}
    after = {"sequence": [first, second | {"within": "3 days"}, {"event": "report_created"}]}
    assert lines_of(before, after, timezone="Europe/Berlin") == [
        "~Time zone UTC -> Time zone Europe/Berlin",
        " In this order:",
        "   “trial_started”",
        "~  Then “import_finished” within 2 days -> Then “import_finished” within 3 days",
        "+  Then “report_created”",
    ]


def test_a_value_far_down_a_list_is_seen() -> None:
    countries = [f"C{number}" for number in range(100)]
    before = {"trait": "country", "op": "in", "value": countries}
    after = {"trait": "country", "op": "in", "value": [*countries[:-1], "DE"]}
    (line,) = lines_of(before, after)
    assert line.endswith("C98 or DE")


def test_quite_another_rule_is_a_removal_and_an_addition() -> None:
    assert lines_of(TRIAL, VIPS) == ["-Plan is Trial", "+In the segment “vips”"]


@given(definitions())
def test_a_version_does_not_differ_from_itself(document: dict[str, object]) -> None:
    definition = parse(document, CATALOGUE)
    lines = diff(definition, definition)
    assert changes_only(lines) == ()
    assert [(line.depth, line.path) for line in lines] == [(line.depth, line.path) for line in outline(definition)]


@settings(suppress_health_check=[HealthCheck.too_slow])  # of a busy machine
@given(definitions(), definitions())
def test_the_newer_lines_of_a_comparison_are_the_newer_outline(one: dict[str, Any], other: dict[str, Any]) -> None:
    old, new = parse(one, CATALOGUE), parse(reworded(other, random.Random(1)), CATALOGUE)
    kept = [line.path for line in diff(old, new) if line.kind is not Kind.REMOVED and line.path.startswith("rule")]
    expected = [line.path for line in outline(new)]
    assert kept[-len(expected) :] == expected
