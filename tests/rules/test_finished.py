"""What of a definition is left to count while a part of it is unfinished."""

from typing import Any

import pytest

from segments.rules.errors import DefinitionErrors
from segments.rules.finished import Finished, finished
from segments.rules.parse import parse
from tests.rules.sample import CATALOGUE

DE = {"trait": "country", "op": "eq", "value": "DE"}
OPEN = {"trait": "country", "op": "eq"}
BLANK: dict[str, Any] = {}


def cut(rule: Any, unit: str = "profile") -> Finished:
    document = {"unit": unit, "rule": rule}
    try:
        parse(document, CATALOGUE)
    except DefinitionErrors as errors:
        return finished(document, errors.errors)
    return finished(document, ())


def rule_of(found: Finished) -> Any:
    return found.document and found.document["rule"]


def test_what_is_finished_stays_and_finds_its_way_back_to_where_it_was_written() -> None:
    found = cut({"all": [OPEN, DE, BLANK, {"any": [BLANK, {"not": DE}]}]})
    assert rule_of(found) == {"all": [DE, {"any": [{"not": DE}]}]}
    assert found.left_out == ("rule.all[0]", "rule.all[2]", "rule.all[3].any[0]")
    assert found.as_written("rule.all[0].value") == "rule.all[1].value"
    assert found.as_written("rule.all[1].any[0].not") == "rule.all[3].any[1].not"


def test_a_document_without_mistakes_is_left_as_it_is() -> None:
    found = cut({"all": [DE, {"not": {"any": [DE]}}]})
    assert (rule_of(found), found.left_out) == ({"all": [DE, {"not": {"any": [DE]}}]}, ())


@pytest.mark.parametrize(
    "rule",
    [BLANK, {"all": []}, {"all": [{"any": []}]}, {"not": OPEN}, {"company": OPEN}, 5, {"all": "x"}, {"all": [1]}],
)
def test_where_nothing_is_finished_nothing_is_counted(rule: Any) -> None:
    found = cut(rule)
    assert found.document is None
    assert found.left_out


def test_one_bad_step_or_property_leaves_out_the_whole_condition() -> None:
    steps = {"sequence": [{"event": "logged_in"}, {}]}
    where = {"event": "order_completed", "where": [{"property": "total", "op": "gt"}]}
    found = cut({"any": [steps, where, DE]})
    assert (rule_of(found), found.left_out) == ({"any": [DE]}, ("rule.any[0]", "rule.any[1]"))


def test_a_mistake_outside_of_the_rule_leaves_nothing_since_it_is_not_known_what_is_counted() -> None:
    assert cut(DE, unit="people").document is None


def test_a_mistake_of_a_group_itself_leaves_out_all_of_it() -> None:
    found = cut({"any": [DE, {"all": [DE], "al": 1}]})
    assert (rule_of(found), found.left_out) == ({"any": [DE]}, ("rule.any[1]",))
