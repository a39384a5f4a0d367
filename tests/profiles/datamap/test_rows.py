"""The rows of the data map: coverage, freshness against the promise, thinning, uses; each number by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import INSTALLATION, Actor
from lib import clock
from profiles.datamap import selectors
from profiles.datamap.rows import Row
from profiles.models import (
    EventDay,
    EventProperty,
    EventType,
    EventVolume,
    PropertyValues,
    Source,
    TraitArrival,
    TraitDay,
    TraitDefinition,
    TraitValues,
)
from tests.segments import data

pytestmark = pytest.mark.django_db


def today() -> date:
    return clock.now().astimezone(UTC).date()


def make_source(promise: timedelta | None = timedelta(days=1)) -> Source:
    return Source.objects.create(key="crm", name="CRM", promise=promise)


def make_trait(filled: int, population: int = 1000, *, arrived: timedelta | None = None) -> TraitDefinition:
    trait = data.make_trait("plan", "text", label="Plan")
    TraitDefinition.objects.filter(pk=trait.pk).update(source=Source.objects.first())
    now = clock.now()
    TraitValues.objects.create(
        trait=trait, population=population, filled=filled, different=3, top=[["pro", filled]], measured_at=now
    )
    TraitArrival.objects.create(trait=trait, at=None if arrived is None else now - arrived)
    return trait


def make_event(*numbers: tuple[int, int], newest: datetime | None = None) -> EventType:
    """An event with so many on so many days ago."""
    event = EventType.objects.create(name="orders", table="orders", source=Source.objects.first())
    EventDay.objects.bulk_create(
        EventDay(event_type=event, day=today() - timedelta(days=ago), number=number) for ago, number in numbers
    )
    total = sum(number for _, number in numbers)
    EventVolume.objects.create(event_type=event, total=total, newest_at=newest, measured_at=clock.now())
    return event


def only_row(kind: str = "") -> Row:
    [row] = [row for row in selectors.data_map(actor=INSTALLATION, now=clock.now()) if kind in ("", row.kind)]
    return row


def findings() -> list[tuple[str, str]]:
    return [
        (finding.kind, finding.evidence)
        for row in selectors.data_map(actor=INSTALLATION, now=clock.now())
        for finding in row.findings
    ]


def test_coverage_is_the_share_of_the_population_that_has_it() -> None:
    make_trait(230)
    row = only_row()
    assert row.coverage is not None
    assert (row.coverage.share, row.coverage.percent, row.coverage.is_low) == (0.23, 23, True)
    assert (row.title, row.kind, row.findings) == ("Plan", "profile", ())


def test_a_trait_that_arrived_before_its_source_promised_is_stale() -> None:
    make_source()
    trait = make_trait(900, arrived=timedelta(days=3))
    assert findings() == [("stale", "The newest value is 3 days old; “CRM” promises one every day.")]
    assert only_row().findings[0].numbers["promise_seconds"] == 86_400
    TraitArrival.objects.update(at=clock.now() - timedelta(hours=23))
    assert findings() == []
    TraitArrival.objects.filter(trait=trait).update(at=None)
    assert findings() == []


def test_nothing_is_stale_where_nothing_is_promised() -> None:
    make_source(promise=None)
    make_trait(900, arrived=timedelta(days=300))
    assert findings() == []


def test_an_event_may_be_as_late_as_half_more_than_its_longest_silence() -> None:
    make_source()
    event = make_event((5, 30), (9, 30), (10, 30), newest=clock.now() - timedelta(days=5))
    assert only_row().allowed == timedelta(days=6)
    assert findings() == []
    EventDay.objects.create(event_type=event, day=today() - timedelta(days=7), number=30)
    assert findings() == [("stale", "The newest value is 5 days old; “CRM” promises one every day.")]


def test_an_event_of_one_day_only_has_no_rhythm_to_be_late_by() -> None:
    make_source()
    make_event((5, 30), newest=clock.now() - timedelta(days=5))
    assert (only_row().allowed, findings()) == (None, [])


def test_a_trait_thins_when_a_fifth_of_those_who_had_it_is_gone() -> None:
    trait = make_trait(640)
    TraitDay.objects.create(trait=trait, day=today() - timedelta(days=10), population=1000, filled=800)
    assert findings() == [("thinning", "64 % have it now; up to 80 % had in the last four weeks.")]
    TraitValues.objects.update(filled=641)
    assert findings() == []


@pytest.mark.parametrize(("ago", "filled", "population"), [(2, 900, 1000), (29, 900, 1000), (10, 49, 50)])
def test_days_that_are_too_near_too_far_or_too_small_do_not_count(ago: int, filled: int, population: int) -> None:
    trait = make_trait(100)
    day = today() - timedelta(days=ago)
    TraitDay.objects.create(trait=trait, day=day, population=population, filled=filled)
    assert findings() == []


def test_an_event_thins_when_a_week_has_half_of_the_lowest_of_the_weeks_before() -> None:
    event = make_event((35, 100), (22, 40), (21, 30), (8, 90), (7, 10), (1, 5), (0, 500), newest=clock.now())
    assert findings() == [("thinning", "15 in the last 7 days; each of the four weeks before had 30 or more.")]
    volume = only_row().volume
    assert volume is not None
    assert (volume.week, volume.lowest, volume.month, volume.silence) == (15, 30, 675, 13)
    EventDay.objects.filter(event_type=event, number=5).update(number=6)
    assert findings() == []


def test_what_comes_in_waves_is_not_thinning() -> None:
    make_event((35, 900), (10, 900), newest=clock.now() - timedelta(days=10))
    assert findings() == []


def test_days_that_no_worker_has_counted_yet_are_not_empty() -> None:
    make_event((30, 50), (25, 50), (20, 50), (12, 50), newest=clock.now() - timedelta(days=12))
    assert [kind for kind, _ in findings()] == ["thinning"]
    EventVolume.objects.update(measured_at=clock.now() - timedelta(days=11))
    assert findings() == []


def test_a_property_thins_when_fewer_recent_events_carry_it() -> None:
    event = make_event((1, 1), newest=clock.now())
    coupon = EventProperty.objects.create(event_type=event, key="coupon", type="text", column="coupon")
    PropertyValues.objects.create(
        event_property=coupon, population=300, filled=180, recent_population=100, recent_filled=20,
        different=1, measured_at=clock.now(),
    )  # fmt: skip
    said = "20 % of the events of the last 7 days have it; 80 % of the 23 days before had."
    assert findings() == [("thinning", said)]


def test_uses_are_direct_or_by_way_of_another_segment_and_only_those_one_may_know_of() -> None:
    data.make_trait("plan", "text")
    team = data.make_team()
    rule = {"trait": "plan", "op": "eq", "value": "pro"}
    data.live_segment("payers", team, rule)
    data.live_segment("some", team, {"segment": "payers"})
    data.save(data.make_segment("idea", team), rule)
    expected = [("idea", False), ("payers", False), ("some", True)]
    assert [(use.key, use.is_indirect) for use in only_row().uses] == expected
    [row] = selectors.data_map(actor=Actor(data.make_person("other@example.com")), now=clock.now())
    assert [(use.key, use.is_indirect) for use in row.uses] == expected[1:]


def test_the_number_of_queries_does_not_grow_with_the_catalogue() -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            selectors.data_map(actor=INSTALLATION, now=clock.now())
        return len(found)

    data.make_trait("t0", "text")
    make_event((1, 1), newest=clock.now())
    selectors.data_map(actor=INSTALLATION, now=clock.now())
    before = queries()
    for number in range(1, 30):
        data.make_trait(f"t{number}", "text")
        data.make_event_type(f"e{number}", total="number")
    selectors.data_map(actor=INSTALLATION, now=clock.now())
    assert queries() == before <= 13
