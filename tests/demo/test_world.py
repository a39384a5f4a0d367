"""Harbourline's customers: the same each time, as many as promised, and numbers that make sense together."""

from collections import Counter
from datetime import date
from hashlib import sha256

import pytest

from demo.world import COMPANIES, DAY, DAYS, PEOPLE
from demo.world.cast import Cast
from demo.world.companies import PRICES
from demo.world.events import PROPERTIES, Log, Row
from demo.world.stories import year

TODAY = date(2026, 11, 28)


@pytest.fixture(scope="module")
def cast() -> Cast:
    return Cast.gather()


@pytest.fixture(scope="module")
def log(cast: Cast) -> Log:
    return year(cast, TODAY)


def test_there_are_as_many_companies_people_and_events_as_promised(cast: Cast, log: Log) -> None:
    assert (len(cast.companies), len(cast.people)) == (COMPANIES, PEOPLE) == (1_200, 20_000)
    assert 570_000 < log.count() < 690_000
    assert {event for event, rows in log.rows.items() if not rows} == set()


def test_it_is_the_same_each_time(cast: Cast, log: Log) -> None:
    again = Cast.gather()
    names = ("key", "first", "last", "role", "joined", "rate", "newsletter", "birthday", "interests")
    for one, other in zip(again.people, cast.people, strict=True):
        assert [getattr(one, name) for name in names] == [getattr(other, name) for name in names]
    assert _digest(year(again, TODAY)) == _digest(log)


def test_every_address_is_at_a_domain_that_cannot_exist(cast: Cast) -> None:
    addresses = [person.email for person in cast.people if person.email]
    assert len(set(addresses)) == len(addresses) > 19_000
    assert [address for address in addresses if not address.endswith(".example") or not address.isascii()] == []


def test_money_follows_plan_and_seats(cast: Cast) -> None:
    for company in cast.companies:
        state = company.state(DAYS)
        assert state.mrr == PRICES.get(state.plan, 0) * state.seats
        assert (state.mrr > 0) == (state.status == "Customer")
        assert company.paid_by(DAYS) == sum(amount for day, amount in company.payments if day <= DAYS)


def test_every_status_has_its_share_of_the_companies(cast: Cast) -> None:
    found = Counter(company.state(DAYS).status for company in cast.companies)
    assert found["Customer"] > 500
    assert found["Trial"] > 20
    assert min(found[status] for status in ("Prospect", "Cancelled", "Expired")) > 80


def test_weekends_august_and_the_end_of_december_are_quiet(log: Log) -> None:
    days = Counter(date.fromordinal(TODAY.toordinal() - DAYS + second_of(row) // DAY) for row in log.rows["Logged in"])
    by_weekday = Counter[bool]()
    for day, count in days.items():
        by_weekday[day.weekday() > 4] += count
    months = Counter[int]()
    for day, count in days.items():
        months[day.month] += count
    assert by_weekday[True] * 10 < by_weekday[False]
    assert months[8] * 1.25 < months[6]
    assert days[date(2025, 12, 30)] * 2 < days[date(2025, 12, 9)]


def test_nobody_does_anything_before_they_came_and_everything_fits_its_event(cast: Cast, log: Log) -> None:
    joined = {person.key: person.joined for person in cast.people}
    widths = {event: 3 + len(names) for events in PROPERTIES.values() for event, names in events.items()}
    for event, row in log:
        assert len(row) == widths[event]
        assert second_of(row) >= joined[str(row[0])] * DAY


def second_of(row: Row) -> int:
    assert isinstance(row[2], int)
    return row[2]


def _digest(log: Log) -> str:
    return sha256(repr(log.rows).encode()).hexdigest()
