"""What goes on in the installation while it is hurt, and what must be true of it afterwards, in plain Python."""

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts.actors import INSTALLATION
from lib import clock
from profiles.changes import mark_profiles
from profiles.ingest.message_ids import hashed
from profiles.ingest.tracking.reading import Request
from profiles.models import EventId, EventType, Profile, Source, TailEvent
from profiles.services import create_source
from segments.models import Segment
from tests.activations import building
from tests.segments import data

PEOPLE = 300
SENDER = "shop"
ROWS = 60
START = datetime(2026, 1, 1, tzinfo=UTC)
HIGH, OFTEN, MUCH = 5_000, 8, 60.0
RULES: dict[str, dict[str, Any]] = {
    "high": {"trait": "n", "op": "gte", "value": HIGH},
    "often": {"event": "ordered", "op": "gte", "value": OFTEN, "window": {"last": "99 years"}},
    "much": {"event": "ordered", "measure": "sum", "of": "amount", "op": "gte", "value": MUCH},
    "both": {"all": [{"segment": "high"}, {"segment": "often"}]},
}
COLUMNS = [{"to": "email", "identifier": "email"}, {"to": "n", "trait": "n"}]
EXPORTED = {"high": "mirror", "both": "replace"}


@dataclass
class World:
    """Everything that was accepted: the trait `n` of each person, and the amounts of their orders."""

    n: dict[str, int] = field(default_factory=dict)
    orders: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    turn: int = 0

    def next_files(self, folder: Path) -> list[tuple[str, Path]]:
        """A command and a file of people, and the same for orders: accepted from now on, however often they are run."""
        self.turn += 1
        names = [f"u{(self.turn * 37 + row) % PEOPLE}" for row in range(ROWS)]
        people, orders = folder / f"people{self.turn}.csv", folder / f"orders{self.turn}.csv"
        numbers = [(self.turn * 613 + row * 97) % 10_000 for row in range(ROWS)]
        _write(
            people,
            ["external_id", "email", "n"],
            [[name, f"{name}@a.io", number] for name, number in zip(names, numbers, strict=True)],
        )
        moments = [START + timedelta(days=row, seconds=self.turn) for row in range(ROWS)]
        amounts = [float((self.turn + row) % 12) for row in range(ROWS)]
        _write(
            orders,
            ["event", "user_id", "timestamp", "amount"],
            [["ordered", *row] for row in zip(names, (m.isoformat() for m in moments), amounts, strict=True)],
        )
        for name, number, amount in zip(names, numbers, amounts, strict=True):
            self.n[name] = number
            self.orders[name].append(amount)
        return [("import_profiles", people), ("import_events", orders)]

    def next_requests(self) -> list[Request]:
        """Two requests of the tracking API, accepted from now on: a device orders, then turns out to be somebody's."""
        self.turn += 1
        name, amount = min(self.n), float(self.turn % 12)
        source = Source.objects.get(key=SENDER)
        device: dict[str, Any] = {"type": "track", "event": "ordered", "anonymousId": f"device {self.turn}"}
        device |= {"properties": {"amount": amount}, "timestamp": (START + timedelta(minutes=self.turn)).isoformat()}
        before = device | {"messageId": f"before {self.turn}"}
        merging = device | {"messageId": f"merging {self.turn}", "userId": name}
        self.orders[name] += [amount, amount]
        return [Request(source, [message], 0, {}, None, clock.now()) for message in (before, merging)]

    @transaction.atomic
    def arrive(self) -> None:
        """Orders that reach the tail, as the tracking API will bring them, and one person's new `n`."""
        self.turn += 1
        event = EventType.objects.get(name="ordered")
        for row in range(5):
            name, amount = f"u{(self.turn * 11 + row) % PEOPLE}", float(row)
            if name in self.n:
                person = Profile.objects.get(identities__value=name)
                message = f"tail {self.turn} {row}"
                moment = START + timedelta(hours=self.turn)
                EventId.objects.create(hash=hashed(message))
                TailEvent.objects.create(
                    event_type=event,
                    profile=person,
                    timestamp=moment,
                    message_id=message,
                    properties={"amount": amount},
                )
                self.orders[name].append(amount)
        name = min(self.n)
        person = Profile.objects.select_for_update().get(identities__value=name)
        self.n[name] = self.turn % 10_000
        person.traits = person.traits | {"n": self.n[name]}
        person.save()
        mark_profiles([person.pk])

    def members(self) -> dict[str, set[str]]:
        """Who belongs to each segment."""
        high = {name for name, number in self.n.items() if number >= HIGH}
        often = {name for name, amounts in self.orders.items() if len(amounts) >= OFTEN}
        much = {name for name, amounts in self.orders.items() if sum(amounts) >= MUCH}
        return {"high": high, "often": often, "much": much, "both": high & often}

    def audience(self, key: str) -> dict[str, list[str]]:
        """The rows that a segment's file must add up to."""
        return {f"{name}@a.io": [f"{name}@a.io", str(self.n[name])] for name in self.members()[key]}

    def order_counts(self) -> Counter[str]:
        """How many orders each person has."""
        return Counter({name: len(amounts) for name, amounts in self.orders.items()})


def build(world: World, folder: Path, run: Callable[[str, Path], None]) -> None:
    """Import the first people and orders, and have segments and activations work on them as quickly as they may."""
    for command, path in world.next_files(folder):
        run(command, path)
    create_source(actor=INSTALLATION, key=SENDER, name="Shop")
    team = data.make_team()
    for key, rule in RULES.items():
        data.live_segment(key, team, rule, freshness=timedelta(seconds=5))
    connections = {key: building.a_connection(name=key, folder=key) for key in EXPORTED}
    for key, mode in EXPORTED.items():
        building.an_activation(
            Segment.objects.get(key=key),
            connections[key],
            key=f"{key}-out",
            name=f"{key} out",
            mode=mode,
            columns=COLUMNS,
            schedule="interval",
            interval=timedelta(seconds=5),
        )


def _write(path: Path, header: list[str], rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
