"""What people see of the data map; pages and API ask here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied

from accounts import policy
from accounts.actors import Actor
from accounts.policy import Action
from profiles import uses
from profiles.datamap import rows
from profiles.datamap.rows import Row
from profiles.models import EventDay, EventProperty, EventType, TraitDay, TraitDefinition
from profiles.models.measures import Values
from profiles.uses import Entry

DAYS = 90


@dataclass(frozen=True, slots=True)
class Day:
    """A day (UTC): events of it, or how many of how many people or companies had the trait."""

    day: date
    number: int
    population: int | None = None


@dataclass(frozen=True, slots=True)
class Details:
    """A row with what only its own page tells. `withheld`: its values are personal data, which the actor may not see;
    `values` is None then, and where nothing was counted yet, and of an event. `properties` are an event's."""

    row: Row
    values: Values | None
    withheld: bool
    days: Sequence[Day]
    properties: Sequence[Row]


def data_map(*, actor: Actor, now: datetime) -> list[Row]:
    """Everything that is in the catalogue, with what of its uses the actor may know of. Raises `PermissionDenied`.

    `now` is the database's clock.
    """
    policy.require(actor, Action.READ)
    return rows.load(uses.load(actor), now)


def details(*, actor: Actor, entry: Entry, now: datetime) -> Details:
    """One thing of the catalogue, whole; also for whoever may only write, and is told what they wrote.

    Raises `PermissionDenied` for nobody, and `LookupError` if it is gone.
    """
    if not policy.is_somebody(actor):
        raise PermissionDenied("Sign in first.")
    found = rows.load(uses.load(actor), now, rows.Only.of(entry))
    row = next((row for row in found if row.entry == entry), None)
    if row is None:
        raise LookupError("The catalogue has lost it just now.")
    withheld = getattr(entry, "personal", False) and not policy.allows(actor, Action.READ_PERSONAL)
    values = None if withheld else getattr(row.entry, "values", None)
    return Details(row, values, withheld, _days(entry, now), [other for other in found if other is not row])


def _days(entry: Entry, now: datetime) -> Sequence[Day]:
    """The last 90, the oldest first; of an event also those on which nothing happened, once it was counted."""
    first = now.date() - timedelta(days=DAYS - 1)
    if isinstance(entry, TraitDefinition):
        kept = TraitDay.objects.filter(trait=entry, day__gte=first).order_by("day")
        return [Day(day, filled, population) for day, filled, population in kept.values_list(*_COVERAGE)]
    if isinstance(entry, EventProperty):
        return []
    return _of_event(entry, first)


_COVERAGE = ("day", "filled", "population")


def _of_event(event: EventType, first: date) -> Sequence[Day]:
    numbers = dict(EventDay.objects.filter(event_type=event, day__gte=first).values_list("day", "number"))
    if not numbers:
        return []
    days = (first + timedelta(days=place) for place in range(DAYS))
    return [Day(day, numbers.get(day, 0)) for day in days]
