"""The rows of the data map: every trait, event and property with its numbers, findings and uses.

The whole catalogue is read at once, in a number of queries that does not depend on its size.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, FloatField, Max, Q, Sum
from django.db.models.functions import Cast

from profiles.datamap import findings
from profiles.datamap.findings import Finding
from profiles.models import EventDay, EventProperty, EventType, Source, TraitDay, TraitDefinition
from profiles.uses import Entry, Name, Use

WEEKS = 4
SETTLED = timedelta(days=3)
"""Coverage is compared with days at least so long ago."""
LOW = 0.4
"""Coverage below which a condition leaves most people out."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of a population have a value."""

    filled: int
    population: int

    @property
    def share(self) -> float:
        return self.filled / self.population if self.population else 0.0

    @property
    def percent(self) -> float:
        """For people, with one decimal where that says more."""
        exact = 100 * self.share
        return round(exact, 1) if 0 < exact < 10 else round(exact)

    @property
    def is_low(self) -> bool:
        return self.population > 0 and self.share < LOW


@dataclass(frozen=True, slots=True)
class Volume:
    """How many events in the last 30 days and in the last seven whole days, in the lowest of the four weeks before
    those, and the most days from one day with events to the next of the last 90; None with only one such day."""

    month: int
    week: int
    lowest: int
    silence: int | None


@dataclass(frozen=True, slots=True)
class Row:
    """One thing of the catalogue. None stands for what no worker has counted yet, or what does not apply."""

    entry: Entry
    name: Name
    source: Source | None
    coverage: Coverage | None
    newest: datetime | None
    allowed: timedelta | None
    volume: Volume | None
    measured_at: datetime | None
    findings: Sequence[Finding]
    uses: Sequence[Use] = field(default=())

    @property
    def kind(self) -> str:
        """`profile`, `company`, `event` or `property`."""
        return self.name.kind

    @property
    def title(self) -> str:
        """What people call it."""
        return self.entry.label or (self.name.key if self.kind == "property" else self.name.name)

    @property
    def promise(self) -> timedelta | None:
        """How often the source sends."""
        return self.source.promise if self.source else None


ALL = Q()


@dataclass(frozen=True, slots=True)
class Only:
    """Which of the catalogue: all, or one thing, an event with its properties."""

    traits: Q = ALL
    events: Q = ALL
    properties: Q = ALL

    @classmethod
    def of(cls, entry: Entry) -> "Only":
        """One thing."""
        none, this = Q(pk__in=()), Q(pk=entry.pk)
        if isinstance(entry, TraitDefinition):
            return cls(this, none, none)
        if isinstance(entry, EventType):
            return cls(none, this, Q(event_type=entry))
        return cls(none, none, this)


EVERYTHING = Only()


def load(uses: Mapping[Name, Sequence[Use]], now: datetime, only: Only = EVERYTHING) -> list[Row]:
    """Traits of people, of companies, then each event with its properties.

    Days of events are looked at as of when they were counted last: days that nobody has counted yet are not empty.
    """
    fallen = _coverages(now.date())
    traits = TraitDefinition.objects.filter(only.traits).select_related("source", "values", "arrival")
    rows = [_of_trait(trait, fallen.get(trait.pk), now, uses) for trait in traits.order_by("-unit", "key")]
    properties: dict[int, list[EventProperty]] = {}
    fields = EventProperty.objects.filter(only.properties).select_related("event_type__source", "values")
    for each in fields.order_by("key"):
        properties.setdefault(each.event_type_id, []).append(each)
    events = list(EventType.objects.filter(only.events).select_related("source", "volume").order_by("name"))
    counted = [event.volume.measured_at for event in events if hasattr(event, "volume")]
    volumes = _volumes(max(counted).date()) if counted else {}
    for event in events:
        rows.append(_of_event(event, volumes.get(event.pk), now, uses))
        rows += [_of_property(each, uses) for each in properties.pop(event.pk, ())]
    return rows + [_of_property(each, uses) for some in properties.values() for each in some]


def _of_trait(trait: TraitDefinition, before: float | None, now: datetime, uses: Mapping[Name, Sequence[Use]]) -> Row:
    values, arrival, source = getattr(trait, "values", None), getattr(trait, "arrival", None), trait.source
    coverage = Coverage(values.filled, values.population) if values else None
    newest, promise = arrival.at if arrival else None, source.promise if source else None
    found = (
        findings.stale(newest, now, allowed=promise, promise=promise, source=source.name if source else ""),
        findings.coverage_fell(before, coverage.filled, coverage.population) if coverage else None,
    )
    name, measured = Name.of(trait), values.measured_at if values else None
    return Row(trait, name, source, coverage, newest, promise, None, measured, _there(found), uses.get(name, ()))


def _of_event(event: EventType, volume: Volume | None, now: datetime, uses: Mapping[Name, Sequence[Use]]) -> Row:
    counted, source = getattr(event, "volume", None), event.source
    if counted is not None and volume is None:
        volume = Volume(0, 0, 0, None)
    newest, promise = counted.newest_at if counted else None, source.promise if source else None
    silence = timedelta(days=volume.silence) if volume and volume.silence else None
    allowed = findings.allowed_age(promise, silence)
    found = (
        findings.stale(newest, now, allowed=allowed, promise=promise, source=source.name if source else ""),
        findings.volume_fell(volume.week, volume.lowest) if volume else None,
    )
    name, measured = Name.of(event), counted.measured_at if counted else None
    return Row(event, name, source, None, newest, allowed, volume, measured, _there(found), uses.get(name, ()))


def _of_property(each: EventProperty, uses: Mapping[Name, Sequence[Use]]) -> Row:
    values, name = getattr(each, "values", None), Name.of(each)
    coverage = Coverage(values.filled, values.population) if values else None
    found = (
        findings.property_fell(values.recent_filled, values.recent_population, values.filled, values.population)
        if values
        else None,
    )
    measured = values.measured_at if values else None
    source = each.event_type.source
    return Row(each, name, source, coverage, None, None, None, measured, _there(found), uses.get(name, ()))


def _there(found: Sequence[Finding | None]) -> tuple[Finding, ...]:
    return tuple(each for each in found if each is not None)


def _coverages(today: date) -> dict[int, float]:
    """By trait, its highest share on a day of the last weeks."""
    days = TraitDay.objects.filter(
        day__gte=today - timedelta(weeks=WEEKS), day__lte=today - SETTLED, filled__gte=findings.FEWEST_FILLED
    )
    share = Cast(F("filled"), FloatField()) / Cast(F("population"), FloatField())
    return dict(days.order_by().values("trait").annotate(most=Max(share)).values_list("trait", "most"))


_SILENCES = """
    SELECT event_type_id, max(silence) FROM (
        SELECT event_type_id, day - lag(day) OVER (PARTITION BY event_type_id ORDER BY day) AS silence
          FROM profiles_eventday WHERE day > %s AND number > 0) AS days
     GROUP BY event_type_id
"""


def _volumes(today: date) -> dict[int, Volume]:
    def since(days: int, until: int = 0) -> Sum:
        inside = Q(day__gt=today - timedelta(days=days), day__lte=today - timedelta(days=until))
        return Sum("number", filter=inside, default=0)

    with connection.cursor() as cursor:
        cursor.execute(_SILENCES, [today - timedelta(days=90)])
        silences = dict(cursor.fetchall())
    weeks = {f"week_{number}": since(7 * number + 15, 7 * number + 8) for number in range(WEEKS)}
    rows = EventDay.objects.order_by().values("event_type")
    told: Iterable[Any] = rows.annotate(month=since(30), week=since(8, 1), **weeks)
    return {
        row["event_type"]: Volume(
            row["month"], row["week"], min(row[week] for week in weeks), silences.get(row["event_type"])
        )
        for row in told
    }
