"""Counts events: how many on each day, when the newest happened, and what their properties hold.

Days are counted again only in months of which files have come or gone since (imports bring old months, erasures and
merges rewrite them), and in those of events that are not in the lake yet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Q

from profiles.lake.files import instant, quoted
from profiles.lake.layout import Layout, month_of
from profiles.lake.snapshot import Snapshot, TableScan
from profiles.measures.values import Found, measure
from profiles.models import EventDay, EventProperty, EventType, EventVolume, PropertyValues

DAYS = 90
"""Days of which the volume is kept."""
PROPERTY_DAYS, RECENT_DAYS = 30, 7
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Counted:
    """What was found of one table. `days` are those of `months` only."""

    total: int
    newest: datetime | None
    months: Sequence[str]
    days: Mapping[date, int]
    population: int
    recent: int
    properties: Mapping[str, Found]


def scan(layout: Layout) -> TableScan:
    """What is read: all properties; the newest and the total need all months."""
    return TableScan(frozenset(column.name for column in layout.columns))


def count(snapshot: Snapshot, layout: Layout, changed: frozenset[str]) -> Counted:
    """Count all, and the days of those of the `changed` months that are of the last `DAYS`."""
    duck, name, now = snapshot.connection, quoted(layout.name), instant(snapshot.as_of)
    row = duck.execute(
        f'SELECT count(*), epoch_us(max("timestamp") FILTER (WHERE "timestamp" <= {now})) FROM {name}'  # noqa: S608
    ).fetchone()
    assert row is not None  # aggregates answer one row
    months = _months(snapshot.as_of, changed)
    found = measure(
        duck,
        layout.name,
        [column for column in layout.columns if column.key is not None],
        where=_since(snapshot.as_of, PROPERTY_DAYS),
        recent=_since(snapshot.as_of, RECENT_DAYS),
    )
    population, recent = _numbers(snapshot, layout)
    newest = None if row[1] is None else EPOCH + timedelta(microseconds=row[1])
    return Counted(row[0], newest, months, _days(snapshot, layout, months), population, recent, found)


def _months(as_of: datetime, changed: frozenset[str]) -> Sequence[str]:
    """Those of the window that are to be counted, the oldest first."""
    days = (as_of - timedelta(days=number) for number in range(DAYS))
    return sorted({month_of(day) for day in days} & changed)


def _days(snapshot: Snapshot, layout: Layout, months: Sequence[str]) -> dict[date, int]:
    if not months:
        return {}
    listed = ", ".join(f"'{month}'" for month in months)
    rows = snapshot.connection.execute(
        'SELECT CAST("timestamp" AS DATE) AS day, count(*)'  # noqa: S608  names of the catalogue, months of ours
        f" FROM {quoted(layout.name)} WHERE {_since(snapshot.as_of, DAYS)}"
        f" AND strftime(\"timestamp\", '%Y-%m') IN ({listed}) GROUP BY day"
    ).fetchall()
    return dict(rows)


def _numbers(snapshot: Snapshot, layout: Layout) -> tuple[int, int]:
    """How many events of the window in which properties are looked at, and how many recent ones."""
    row = snapshot.connection.execute(
        f"SELECT count(*), count(*) FILTER (WHERE {_since(snapshot.as_of, RECENT_DAYS)})"  # noqa: S608
        f" FROM {quoted(layout.name)} WHERE {_since(snapshot.as_of, PROPERTY_DAYS)}"
    ).fetchone()
    assert row is not None  # aggregates answer one row
    return row[0], row[1]


def _since(as_of: datetime, days: int) -> str:
    """That an event is of the last so many days, today's until now included."""
    first = datetime.combine(as_of.astimezone(UTC).date() - timedelta(days=days - 1), time(), UTC)
    return f'"timestamp" >= {instant(first)} AND "timestamp" <= {instant(as_of)}'


def keep(snapshot: Snapshot, layout: Layout, counted: Counted) -> None:
    """Store it, in the transaction under way; nothing if the catalogue has lost the event meanwhile."""
    event = EventType.objects.filter(table=layout.name).first()
    if event is None:
        return
    told = {"total": counted.total, "newest_at": counted.newest, "measured_at": snapshot.as_of}
    EventVolume.objects.update_or_create(event_type=event, defaults=told)
    _keep_days(snapshot.as_of, event, counted)
    ids = dict(EventProperty.objects.filter(event_type=event).values_list("column", "pk"))
    rows = [
        PropertyValues(
            event_property_id=ids[column],
            population=counted.population,
            filled=found.filled,
            different=found.different,
            top=list(found.top),
            lowest=found.lowest,
            highest=found.highest,
            measured_at=snapshot.as_of,
            recent_population=counted.recent,
            recent_filled=found.recent,
        )
        for column, found in counted.properties.items()
        if column in ids
    ]
    fields = [field.name for field in PropertyValues._meta.concrete_fields if not field.primary_key]
    PropertyValues.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=("event_property",), update_fields=fields
    )


def _keep_days(as_of: datetime, event: EventType, counted: Counted) -> None:
    stored = EventDay.objects.filter(event_type=event)
    again = Q(day__lt=as_of.date() - timedelta(days=DAYS))
    for month in counted.months:
        year, number = month.split("-")
        again |= Q(day__year=int(year), day__month=int(number))
    stored.filter(again).delete()
    EventDay.objects.bulk_create(
        EventDay(event_type=event, day=day, number=number) for day, number in counted.days.items()
    )
