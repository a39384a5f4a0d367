"""A small company whose facts are known in plain Python, so that what a snapshot says can be compared with them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
from django.db import transaction

from profiles import changes
from profiles.lake import batches
from profiles.lake.snapshot import Snapshot, open_snapshot
from profiles.models import Company, EventProperty, EventType, Profile, TailEvent, TraitDefinition

Row = tuple[Any, ...]
State = dict[str, list[Row]]

TRAITS = {"plan": "text", "score": "number", "vip": "boolean", "seen_at": "datetime", "tags": "list"}
START = datetime(2026, 1, 20, 12, tzinfo=UTC)


@dataclass
class Facts:
    """The catalogue's events `order` and `visit`, and every event that was accepted, with its event's name."""

    orders: EventType
    visits: EventType
    people: list[Profile]
    companies: list[Company]
    events: dict[str, list[Row]] = field(default_factory=lambda: {"order": [], "visit": []})

    def arrive(self, count: int) -> None:
        """So many orders and visits reach the tail, in two months."""
        for number in range(count):
            person = self.people[number % len(self.people)]
            for event, values in ((self.orders, {"total": number / 10}), (self.visits, {"path": f"/{number}"})):
                moment = START + timedelta(days=number * 7 % 30, microseconds=number)
                message = f"tail {event.name} {len(self.events[event.name])}"
                TailEvent.objects.create(
                    event_type=event,
                    profile=person,
                    company=self.companies[0] if number % 2 else None,
                    timestamp=moment,
                    message_id=message,
                    properties=values,
                )
                company = self.companies[0].pk if number % 2 else None
                self.events[event.name].append((person.pk, company, moment, message, *values.values()))

    def stage(self, count: int) -> int:
        """So many orders are staged, as an import does; answers the number of the batch."""
        new = self.staged_rows(count)
        with transaction.atomic():
            number = batches.stage({"order": order_table(new)})
        self.events["order"].extend(new)
        return number

    def staged_rows(self, count: int) -> list[Row]:
        """Orders as rows, not yet anywhere."""
        known = len(self.events["order"])
        return [
            (None, self.companies[1].pk, START + timedelta(days=n), f"staged {known + n}", float(n))
            for n in range(count)
        ]

    def change(self, people: Iterable[Profile]) -> None:
        """These people get other traits; the first is lost to the population, and the second leaves its company."""
        people = list(people)
        with transaction.atomic():
            for person in people:
                person.traits = person.traits | {"score": person.traits.get("score", 0) + 1.5, "plan": ""}
            people[0].lasting = False
            people[1].company = None
            for person in people:
                person.save()
            changes.mark_profiles(person.pk for person in people)
            self.companies[1].traits = {"size": self.companies[1].traits.get("size", 0) + 1}
            self.companies[1].save()
            changes.mark_companies([self.companies[1].pk])

    def truth(self) -> State:
        """What every snapshot must say now: profiles and companies from their tables, events as they were accepted."""
        known = {company.pk for company in Company.objects.filter(known=True)}
        return {
            "users": sorted(
                (person.pk, person.company_id if person.company_id in known else None, *_values(person.traits, TRAITS))
                for person in Profile.objects.filter(lasting=True)
            ),
            "accounts": sorted((c.pk, c.traits.get("size")) for c in Company.objects.filter(known=True)),
            "order": sorted(self.events["order"], key=repr),
            "visit": sorted(self.events["visit"], key=repr),
            "tracks": sorted(
                ((row[0], row[1], name, row[2], row[3]) for name, rows in self.events.items() for row in rows), key=repr
            ),
        }


def make_company(people: int = 40) -> Facts:
    """The catalogue, two known companies and an unknown one, and people of all kinds, all marked as changed."""
    for key, kind in TRAITS.items():
        TraitDefinition.objects.create(unit="profile", key=key, type=kind, column=key)
    TraitDefinition.objects.create(unit="company", key="size", type="number", column="size")
    orders = EventType.objects.create(name="order", table="order")
    visits = EventType.objects.create(name="visit", table="visit")
    EventProperty.objects.create(event_type=orders, key="total", type="number", column="total")
    EventProperty.objects.create(event_type=visits, key="path", type="text", column="path")
    companies = [Company.objects.create(external_id=name, known=name != "unknown") for name in ("a", "b", "unknown")]
    made = [
        Profile.objects.create(company=companies[n % 3], lasting=n % 10 != 9, traits=_traits(n)) for n in range(people)
    ]
    with transaction.atomic():
        changes.mark_profiles(person.pk for person in made)
        changes.mark_companies(company.pk for company in companies)
    return Facts(orders, visits, made, companies)


def order_table(rows: list[Row]) -> pa.Table:
    """Orders as the columns that `batches.stage` takes."""
    columns = list(zip(*rows, strict=True))
    return pa.table(
        {
            "user_id": pa.array(columns[0], pa.int64()),
            "account_id": pa.array(columns[1], pa.int64()),
            "timestamp": pa.array(columns[2], pa.timestamp("us", tz="UTC")),
            "message_id": pa.array(columns[3], pa.string()),
            "total": pa.array(columns[4], pa.float64()),
        }
    )


def told_by(snapshot: Snapshot) -> State:
    """All rows of a snapshot's views, as `Facts.truth` has them."""
    return {name: in_order(name, rows_of(snapshot, name)) for name in ("users", "accounts", "order", "visit", "tracks")}


def told_now() -> State:
    """What a snapshot of this moment says."""
    with open_snapshot() as snapshot:
        return told_by(snapshot)


def rows_of(snapshot: Snapshot, table: str) -> list[Row]:
    """All rows of one view."""
    answer = snapshot.connection.sql(f'FROM "{table}"').to_arrow_table()
    return list(zip(*(column.to_pylist() for column in answer.columns), strict=True))


def in_order(table: str, rows: Iterable[Row]) -> list[Row]:
    """Rows in the order of `Facts.truth`: by id, or events as text, since they may lack everything else."""
    return sorted((plain(row) for row in rows), key=None if table in ("users", "accounts") else repr)


def plain(row: Row) -> Row:
    """Instants in one zone object and lists as tuples, so that rows compare and sort."""
    return tuple(
        value.astimezone(UTC) if isinstance(value, datetime) else tuple(value) if isinstance(value, list) else value
        for value in row
    )


def _traits(number: int) -> dict[str, Any]:
    hostile = [
        "plain",
        "",
        'quote " comma, semicolon;',
        "two\nlines\r\nand a tab\t",
        "\\N",
        "NULL",
        "ümläut 🦊",
        " ",
        "x" * 3_000_000,
    ]
    every = {
        "plan": hostile[number % len(hostile)],
        "score": [0.1, -0.0, 1e11, 7, 123456.789012][number % 5],
        "vip": number % 2 == 0,
        "seen_at": f"2026-01-{number % 28 + 1:02}T00:00:00.00000{number % 10}Z",
        "tags": [["a", "b"], [], ['"', "\n"]][number % 3],
    }
    return {key: value for position, (key, value) in enumerate(every.items()) if (number + position) % 4}


def _values(traits: dict[str, Any], kinds: dict[str, str]) -> list[Any]:
    found = {key: traits.get(key) for key in kinds}
    return [
        datetime.fromisoformat(value)
        if kinds[key] == "datetime" and value
        else tuple(value)
        if isinstance(value, list)
        else value
        for key, value in found.items()
    ]
