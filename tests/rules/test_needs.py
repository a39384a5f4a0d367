"""What a definition depends on, how far a change reaches, and when time alone can change its members."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given

from segments.rules.catalogue import SegmentEntry, Unit
from segments.rules.errors import DefinitionErrors
from segments.rules.needs import Needs, Pace, Reach, needs
from segments.rules.parse import parse
from tests.rules.documents import definitions
from tests.rules.sample import CATALOGUE

AS_OF = datetime(2026, 3, 27, 15, 30, tzinfo=UTC)  # a Friday, two days before clocks change in Berlin


def needs_of(rule: dict[str, Any], unit: str = "profile", timezone: str = "UTC") -> Needs:
    document = {"unit": unit, "timezone": timezone, "rule": rule}
    return needs(parse(document, CATALOGUE), CATALOGUE, as_of=AS_OF)


def test_names_are_collected_from_everywhere() -> None:
    found = needs_of(
        {
            "all": [
                {"trait": "plan", "op": "eq", "value": "Trial"},
                {"trait": "company.industry", "op": "is_set"},
                {
                    "not": {
                        "event": ["order_completed", "logged_in"],
                        "measure": "sum",
                        "of": "minutes",
                        "op": "gt",
                        "value": 1,
                    }
                },
                {
                    "sequence": [
                        {"event": "page_viewed", "where": [{"property": "path", "op": "is_set"}]},
                        {"event": "trial_started"},
                    ]
                },
                {"segment": "quiet"},
            ]
        }
    )
    assert found.profile_traits == {"plan"}
    assert found.company_traits == {"industry"}
    assert found.events == {"order_completed", "logged_in", "page_viewed", "trial_started"}
    assert found.properties == {("logged_in", "minutes"), ("page_viewed", "path")}
    assert found.segments == {"quiet"}
    assert not found.all_events
    assert [leaf.path for leaf in found.leaves] == [
        "rule.all[0]",
        "rule.all[1]",
        "rule.all[2].not",
        "rule.all[3]",
        "rule.all[4]",
    ]


def test_every_event_is_a_need_of_its_own() -> None:
    found = needs_of({"event": "*", "where": [{"property": "device", "op": "is_set"}]})
    assert found.all_events
    assert found.properties == {("logged_in", "device")}


PEOPLE_RULES = [
    ({"trait": "age", "op": "gt", "value": 1}, Reach.SELF),
    ({"event": "logged_in"}, Reach.SELF),
    ({"everyone": True}, Reach.SELF),
    ({"segment": "quiet"}, Reach.SELF),
    ({"trait": "company.employees", "op": "gt", "value": 1}, Reach.COMPANY),
    ({"company": {"everyone": True}}, Reach.COMPANY),
    ({"company": {"event": "logged_in"}}, Reach.COMPANY),
    ({"company": {"people": {"trait": "age", "op": "gt", "value": 1}}}, Reach.COMPANY),
    ({"company": {"segment": "target_accounts"}}, Reach.COMPANY),
    ({"trait": "age", "op": "top_percent", "value": 1}, Reach.ALL),
    ({"trait": "company.employees", "op": "bottom_percent", "value": 1}, Reach.ALL),
]
COMPANY_RULES = [
    ({"trait": "employees", "op": "gt", "value": 1}, Reach.SELF),
    ({"event": "logged_in"}, Reach.COMPANY),
    ({"sequence": [{"event": "logged_in"}, {"event": "*"}]}, Reach.COMPANY),
    ({"people": {"trait": "age", "op": "gt", "value": 1}}, Reach.COMPANY),
    ({"people": {"trait": "age", "op": "top_percent", "value": 1}}, Reach.ALL),
]


@pytest.mark.parametrize(("rule", "reach"), PEOPLE_RULES)
def test_a_change_reaches_as_far_as_the_rule_about_people_says(rule: dict[str, Any], reach: Reach) -> None:
    assert needs_of(rule).reach is reach


@pytest.mark.parametrize(("rule", "reach"), COMPANY_RULES)
def test_a_change_reaches_as_far_as_the_rule_about_companies_says(rule: dict[str, Any], reach: Reach) -> None:
    assert needs_of(rule, "company").reach is reach


def test_a_reference_reaches_as_far_and_changes_as_soon_as_the_segment_behind_it() -> None:
    behind = {
        "top": {"unit": "profile", "rule": {"trait": "age", "op": "top_percent", "value": 10}},
        "monthly": {
            "unit": "profile",
            "timezone": "Europe/Berlin",
            "rule": {"event": "logged_in", "window": {"this": "month"}},
        },
        "both": {"unit": "profile", "rule": {"all": [{"segment": "top"}, {"segment": "monthly"}]}},
    }
    entries = {key: SegmentEntry(key, Unit.PROFILE, document) for key, document in behind.items()}
    catalogue = replace(CATALOGUE, segments=entries)
    definition = parse({"unit": "profile", "rule": {"not": {"segment": "both"}}}, catalogue)
    found = needs(definition, catalogue, as_of=AS_OF)
    assert found.reach is Reach.ALL
    assert found.segments == {"both"}
    assert found.soonest == datetime(2026, 3, 31, 22, tzinfo=UTC)


def test_a_reference_that_is_no_longer_valid_is_said() -> None:
    entry = SegmentEntry("old", Unit.PROFILE, {"unit": "profile", "rule": {"trait": "gone", "op": "is_set"}})
    catalogue = replace(CATALOGUE, segments={"old": entry})
    definition = parse({"unit": "profile", "rule": {"segment": "old"}}, catalogue)
    with pytest.raises(DefinitionErrors, match="gone"):
        needs(definition, catalogue, as_of=AS_OF)


@pytest.mark.parametrize(
    ("rule", "pace", "soonest"),
    [
        ({"event": "logged_in"}, Pace.NEVER, None),
        ({"event": "logged_in", "measure": "last_at", "op": "before", "value": "2026-01-01"}, Pace.NEVER, None),
        ({"event": "logged_in", "measure": "last_at", "op": "in_last", "value": "1 day"}, Pace.ANY, AS_OF),
        ({"event": "logged_in", "window": {"last": "1 day"}}, Pace.ANY, AS_OF),
        ({"event": "logged_in", "window": {"from": "2026-01-01"}}, Pace.NEVER, None),
        ({"event": "logged_in", "window": {"from": {"ago": "1 day"}}}, Pace.ANY, AS_OF),
        (
            {"event": "logged_in", "window": {"days": 7, "until": "now"}},
            Pace.DAY,
            datetime(2026, 3, 27, 23, tzinfo=UTC),
        ),
        ({"event": "logged_in", "window": {"this": "week"}}, Pace.WEEK, datetime(2026, 3, 29, 22, tzinfo=UTC)),
        ({"event": "logged_in", "window": {"previous": "month"}}, Pace.MONTH, datetime(2026, 3, 31, 22, tzinfo=UTC)),
        ({"event": "logged_in", "window": {"this": "quarter"}}, Pace.QUARTER, datetime(2026, 3, 31, 22, tzinfo=UTC)),
        ({"event": "logged_in", "window": {"this": "year"}}, Pace.YEAR, datetime(2026, 12, 31, 23, tzinfo=UTC)),
        (
            {"trait": "birthday", "op": "anniversary_in_next", "value": "7 days"},
            Pace.DAY,
            datetime(2026, 3, 27, 23, tzinfo=UTC),
        ),
        ({"trait": "signed_up_at", "op": "in_last", "value": "7 days"}, Pace.ANY, AS_OF),
        ({"trait": "signed_up_at", "op": "before", "value": {"ahead": "7 days"}}, Pace.ANY, AS_OF),
        ({"trait": "signed_up_at", "op": "between", "value": ["2026-01-01", {"ago": "1 day"}]}, Pace.ANY, AS_OF),
        ({"trait": "signed_up_at", "op": "before", "value": "2026-01-01"}, Pace.NEVER, None),
        ({"sequence": [{"event": "logged_in"}, {"event": "*", "within": "1 day"}]}, Pace.NEVER, None),
        ({"sequence": [{"event": "logged_in"}, {"event": "*", "within": "1 day", "absent": True}]}, Pace.ANY, AS_OF),
        (
            {"event": "order_completed", "where": [{"property": "delivered_at", "op": "in_last", "value": "1 day"}]},
            Pace.ANY,
            AS_OF,
        ),
        (
            {
                "any": [
                    {"event": "logged_in", "window": {"this": "month"}},
                    {"event": "logged_in", "window": {"this": "week"}},
                ]
            },
            Pace.WEEK,
            datetime(2026, 3, 29, 22, tzinfo=UTC),
        ),
    ],
)
def test_time_alone_changes_members_at_its_soonest_then(
    rule: dict[str, Any], pace: Pace, soonest: datetime | None
) -> None:
    found = needs_of(rule, timezone="Europe/Berlin")
    assert (found.pace, found.soonest) == (pace, soonest)


@given(definitions())
def test_every_definition_has_needs(document: dict[str, object]) -> None:
    found = needs(parse(document, CATALOGUE), CATALOGUE, as_of=AS_OF)
    assert found.leaves
    assert (found.soonest is None) == (found.pace is Pace.NEVER)
    assert all(key in CATALOGUE.events[name].properties for name, key in found.properties)
