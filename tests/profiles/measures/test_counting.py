"""What workers count for the data map, compared with data that is small enough to count by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from lib import clock, leases
from lib.leases import LeaseLostError
from profiles import tasks
from profiles.lake import copies, flush
from profiles.measures import traits, work
from profiles.models import (
    EventDay,
    EventProperty,
    EventType,
    EventVolume,
    MeasuredTable,
    PropertyValues,
    TailEvent,
    TraitDay,
    TraitDefinition,
    TraitValues,
)
from tests.segments import data

pytestmark = pytest.mark.django_db(transaction=True)


def make_orders() -> EventType:
    return data.make_event_type("orders", total="number", coupon="text")


def order(event: EventType, at: datetime, **properties: object) -> None:
    profile = data.make_profile(None)
    TailEvent.objects.create(
        event_type=event, profile=profile, timestamp=at, message_id=f"{profile.pk}", properties=properties
    )


def count_again() -> None:
    """As if a quarter of an hour had passed."""
    MeasuredTable.objects.update(measured_at=clock.now() - work.EVERY)
    tasks.measure_data()


def days_of(event: EventType) -> dict[int, int]:
    """Days ago → number."""
    today = clock.now().astimezone(UTC).date()
    return {(today - day.day).days: day.number for day in EventDay.objects.filter(event_type=event)}


def test_coverage_values_and_range_of_traits_are_counted_over_people_who_are_counted() -> None:
    plan, seats, tags = (
        data.make_trait("plan", "text"),
        data.make_trait("seats", "number"),
        data.make_trait("tags", "list"),
    )
    for number in range(6):
        data.make_profile(f"p{number}", plan="pro" if number < 4 else "rare", tags=["a", "b"] if number < 3 else ["a"])
    data.make_profile("p6", seats=12.0)
    data.make_profile("p7", seats=2.5)
    data.make_profile(None, plan="pro")
    tasks.measure_data()
    told = TraitValues.objects.get(trait=plan)
    assert (told.population, told.filled, told.different, told.top) == (8, 6, 2, [["pro", 4]])
    ranged = TraitValues.objects.get(trait=seats)
    assert (ranged.filled, ranged.lowest, ranged.highest, ranged.top) == (2, "2.5", "12", [])
    assert TraitValues.objects.get(trait=tags).top == [["a", 6], ["b", 3]]


def test_companies_are_counted_too_and_each_day_keeps_its_last_coverage() -> None:
    size = data.make_trait("size", "number", unit="company")
    data.make_company("acme", size=3.0)
    data.make_company("globex")
    tasks.measure_data()
    data.make_company("initech", size=5.0)
    count_again()
    today = clock.now().astimezone(UTC).date()
    assert TraitDay.objects.values_list("trait", "day", "population", "filled").get() == (size.pk, today, 3, 2)


def test_events_are_counted_by_day_from_tail_and_lake() -> None:
    orders, now = make_orders(), clock.now()
    for days in (0, 0, 1, 40, 200):
        order(orders, now - timedelta(days=days, minutes=1 if days else 0), total=5.0)
    tasks.measure_data()
    before = days_of(orders)
    assert before == {0: 2, 1: 1, 40: 1}
    flush.flush_tail()
    count_again()
    assert days_of(orders) == before
    volume = EventVolume.objects.get(event_type=orders)
    assert (volume.total, volume.newest_at) == (5, now)


def test_an_old_month_that_gets_events_is_counted_again_and_others_are_not_read() -> None:
    orders, now = make_orders(), clock.now()
    for days in (1, 40):
        order(orders, now - timedelta(days=days))
    flush.flush_tail()
    tasks.measure_data()
    EventDay.objects.filter(number=1).update(number=99)
    order(orders, now - timedelta(days=40))
    flush.flush_tail()
    count_again()
    changed = days_of(orders)
    assert changed[40] == 2
    if (now - timedelta(days=1)).month != (now - timedelta(days=40)).month:
        assert changed[1] == 99


def test_nothing_is_counted_where_nothing_has_changed() -> None:
    trait, orders = data.make_trait("plan", "text"), make_orders()
    data.make_profile("p0", plan="pro")
    order(orders, clock.now())
    flush.flush_tail()
    copies.copy_changes()
    tasks.measure_data()
    TraitValues.objects.update(filled=99)
    EventVolume.objects.update(total=99)
    count_again()
    assert TraitValues.objects.get(trait=trait).filled == 99
    assert EventVolume.objects.get().total == 99
    assert not work.due().exists()


def test_properties_are_counted_over_thirty_days_and_over_the_last_seven() -> None:
    orders, now = make_orders(), clock.now()
    for days, said in ((0, {"total": 1.0, "coupon": "x"}), (3, {"total": 2.0}), (20, {"coupon": "x"}), (50, {})):
        order(orders, now - timedelta(days=days, minutes=1 if days else 0), **said)
    tasks.measure_data()
    told = {
        row.event_property.key: (row.population, row.filled, row.recent_population, row.recent_filled)
        for row in PropertyValues.objects.select_related("event_property")
    }
    assert told == {"total": (3, 2, 2, 2), "coupon": (3, 2, 2, 1)}
    assert PropertyValues.objects.get(event_property__key="total").highest == "2"


def test_events_to_come_are_in_no_number_but_the_total() -> None:
    orders = make_orders()
    order(orders, clock.now() + timedelta(days=3), total=1.0)
    tasks.measure_data()
    volume = EventVolume.objects.get()
    assert (volume.total, volume.newest_at, days_of(orders)) == (1, None, {})
    assert PropertyValues.objects.filter(population=0, filled=0).count() == 2


def test_a_table_is_counted_by_one_worker_and_a_late_one_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    data.make_trait("plan", "text")
    data.make_profile("p0", plan="pro")
    counted = traits.count

    def paused(*given: Any) -> Any:
        found = counted(*given)
        MeasuredTable.objects.update(fence=99)
        return found

    monkeypatch.setattr(traits, "count", paused)
    work._follow_the_catalogue()
    [row] = leases.claim(work.due().filter(name="users"), seconds=45)
    with pytest.raises(LeaseLostError):
        work.measure(row)
    assert not TraitValues.objects.exists()
    assert MeasuredTable.objects.get(name="users").measured_at is None


def test_what_the_catalogue_loses_loses_its_numbers() -> None:
    trait, orders = data.make_trait("plan", "text"), make_orders()
    order(orders, timezone.now(), total=1.0)
    flush.flush_tail()
    tasks.measure_data()
    trait.delete()
    EventProperty.objects.all().delete()
    orders.delete()
    count_again()
    assert not MeasuredTable.objects.filter(name="orders").exists()
    assert [model.objects.count() for model in (TraitValues, PropertyValues, EventVolume, EventDay)] == [0, 0, 0, 0]


def test_hundreds_of_traits_are_counted_in_portions() -> None:
    many = [
        TraitDefinition(unit="profile", key=f"t{number}", type="number", column=f"t{number}") for number in range(95)
    ]
    TraitDefinition.objects.bulk_create(many)
    said: dict[str, Any] = {f"t{number}": float(number) for number in range(0, 95, 2)}
    data.make_profile("p0", **said)
    tasks.measure_data()
    assert TraitValues.objects.filter(filled=1).count() == 48
    assert TraitValues.objects.filter(filled=0).count() == 47
