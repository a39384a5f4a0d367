"""A random world of the rule language's reference, as rows of the registry in which things go on happening."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction

from lib import failpoints
from profiles import merging
from profiles.changes import mark_companies, mark_people_of, mark_profiles
from profiles.lake import copies, flush, redirects
from profiles.models import Company, EventProperty, EventType, Profile, TailEvent, TraitDefinition
from segments import engine, membership, upkeep
from segments.increments.work import work as take_signals
from segments.models import Run, Segment, SegmentVersion
from segments.registry import load_catalogue
from segments.rules.parse import parse
from segments.rules.parsing.references import referenced_keys
from segments.runs import queue
from segments.runs.work import work
from tests.rules.oracle.definitions import Writer
from tests.rules.oracle.layout import catalogue_of
from tests.rules.oracle.pairs import draw_case
from tests.rules.oracle.world import Happening
from tests.rules.oracle.worlds import draw_edges, draw_value
from tests.segments import data

Json = dict[str, Any]
UNKNOWN_COMPANY = 98
FEWEST_PEOPLE = 8
"""No more are merged then: a world needs some."""


def stored_value(value: Any) -> Any:
    """A trait or property as rows hold it."""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
    return sorted(set(value)) if isinstance(value, list) else value


@dataclass
class LivingWorld:
    """What goes on: `waiting` are events that have not come yet. Everything is decided at the world's one instant, so
    that time moves nobody and signals must do all."""

    seed: int
    segments: int
    random: Random = field(init=False)
    waiting: list[Happening] = field(init=False)
    changed: int = 0
    merged: dict[int | None, int] = field(default_factory=dict)
    at_rest: bool = False

    def __post_init__(self) -> None:
        """Install the world, with half of its events, and publish the segments."""
        self.random = Random(self.seed)
        case = draw_case(self.seed)
        self.world, self.catalogue = case.world, catalogue_of(case.world)
        self.edges = draw_edges(self.world.as_of, self.world.timezone)
        self._install_catalogue()
        self._install_people()
        events = self.world.events()
        self.random.shuffle(events)
        self.waiting = events[len(events) // 2 :]
        for event in events[: len(events) // 2]:
            self.arrive(event)
        self._publish()

    def _install_catalogue(self) -> None:
        for unit, traits in (("profile", self.catalogue.profile_traits), ("company", self.catalogue.company_traits)):
            for trait in traits.values():
                TraitDefinition.objects.create(unit=unit, key=trait.key, type=trait.type.value, column=trait.column)
        for event in self.catalogue.events.values():
            row = EventType.objects.create(name=event.name, table=event.table)
            for each in event.properties.values():
                EventProperty.objects.create(event_type=row, key=each.key, type=each.type.value, column=each.column)

    @transaction.atomic
    def _install_people(self) -> None:
        Company.objects.create(pk=UNKNOWN_COMPANY, external_id="98", known=False)
        for company in self.world.companies:
            Company.objects.create(pk=company.id, external_id=str(company.id), traits=_stored(company.traits))
        known = {company.id for company in self.world.companies}
        for person in self.world.profiles:
            company_id = person.company if person.company in known else None
            Profile.objects.create(pk=person.id, lasting=True, company_id=company_id, traits=_stored(person.traits))
        mark_companies(known)
        mark_profiles(person.id for person in self.world.profiles)

    def _publish(self) -> None:
        team = data.make_team(f"team-{self.seed}")
        writer = Writer(self.random, self.world)
        drawn = {f"drawn-{number}": writer.definition() for number in range(self.segments)}
        for key, definition in (self.world.segments | drawn).items():
            document: Json = {"timezone": self.world.timezone, **definition}
            segment = Segment.objects.create(key=key, name=key, team=team, unit=document["unit"])
            segment.published = SegmentVersion.objects.create(
                segment=segment,
                number=1,
                definition=document,
                refers_to=sorted(referenced_keys(document)),
                state=SegmentVersion.State.PUBLISHED,
            )
            segment.state = Segment.State.LIVE
            segment.save()
            upkeep.settle([segment])

    def arrive(self, event: Happening) -> None:
        """An event reaches the tail."""
        people, companies = Profile.objects.values_list("pk", flat=True), Company.objects.values_list("pk", flat=True)
        person = self._now(event.person)
        TailEvent.objects.create(
            event_type=EventType.objects.get(name=event.name),
            profile_id=person if person in set(people) else None,
            company_id=event.company if event.company in set(companies) else None,
            timestamp=event.timestamp,
            message_id=str(event.message_id),
            properties=_stored(event.properties),
        )

    def happen(self) -> None:
        """One thing happens, whichever."""
        self.changed += 1
        steps: list[Callable[[], None]] = [self._event, self._event, self._trait, self._company_trait, self._move]
        steps += [self._come_or_go, self._company_known, self._merge, self._upkeep]
        self.random.choice(steps)()

    def _event(self) -> None:
        if self.waiting:
            self.arrive(self.waiting.pop())

    @transaction.atomic
    def _trait(self) -> None:
        person = self.random.choice(list(Profile.objects.order_by("pk")))
        key = self._set(person, self.world.profile_traits)
        mark_profiles([person.pk], [key])

    @transaction.atomic
    def _company_trait(self) -> None:
        company = self.random.choice(list(Company.objects.order_by("pk")))
        key = self._set(company, self.world.company_traits)
        mark_companies([company.pk], [key])

    def _set(self, row: Profile | Company, kinds: dict[str, str]) -> str:
        """Another value of a trait, or none; answers its key."""
        key = self.random.choice(sorted(kinds))
        row.traits.pop(key, None)
        if self.random.random() < 0.8:
            row.traits[key] = stored_value(draw_value(self.random, kinds[key], self.edges))
        row.save()
        return key

    @transaction.atomic
    def _move(self) -> None:
        person = self.random.choice(list(Profile.objects.order_by("pk")))
        known = list(Company.objects.filter(known=True).order_by("pk"))
        person.company = self.random.choice([None, *known])
        person.save()
        mark_profiles([person.pk])

    @transaction.atomic
    def _come_or_go(self) -> None:
        person = self.random.choice([None, *Profile.objects.order_by("pk")])
        if person is None:
            traits = {key: draw_value(self.random, kind, self.edges) for key, kind in self.world.profile_traits.items()}
            company = self.random.choice([None, *Company.objects.filter(known=True).order_by("pk")])
            person = Profile(company=company, traits=_stored(traits))
        person.lasting = not person.lasting
        person.save()
        mark_profiles([person.pk])

    @transaction.atomic
    def _company_known(self) -> None:
        company = self.random.choice(list(Company.objects.order_by("pk")))
        company.known = not company.known
        company.save()
        mark_companies([company.pk])
        mark_people_of([company.pk])

    @transaction.atomic
    def _merge(self) -> None:
        """Two turn out to be one person, whose earlier events may be in the lake under either id."""
        people = list(Profile.objects.order_by("pk").values_list("pk", flat=True))
        if len(people) > FEWEST_PEOPLE:
            stays, gone = self.random.sample(people, 2)
            merging.lock([stays, gone])
            merging.merge([merging.Finding(stays, gone, "alias", str(gone))], None)
            self.merged[gone] = stays

    def _now(self, person: int | None) -> int | None:
        """Who somebody has turned out to be."""
        while person in self.merged:
            person = self.merged[person]
        return person

    def _upkeep(self) -> None:
        """The lake takes over what waits, or forgets the ids of those who were merged."""
        self.random.choice((copies.copy_changes, flush.flush_tail, redirects.rewrite))()

    def interrupt(self, *, taking: bool) -> None:
        """Sometimes things happen while something else is going on."""
        if self.random.random() < 0.3:
            self.burst(taking=taking)

    def burst(self, *, taking: bool) -> None:
        """Some things happen at once; signals are taken thereafter, or not yet."""
        if not self.at_rest:
            for _ in range(self.random.randint(1, 5)):
                self.happen()
            if taking and self.random.random() < 0.7:
                self.settle()

    def settle(self) -> None:
        """Take every signal there is; what the real clock has still to come is past in this world."""
        while _hurry() and take_signals():
            pass

    def recount(self, segments: list[Segment] | None = None) -> None:
        """These segments are counted anew, by default some, all of everybody."""
        if segments is None:
            everything = list(Segment.objects.order_by("pk"))
            segments = self.random.sample(everything, self.random.randint(1, len(everything)))
        queue.ask([segment.pk for segment in segments], Run.Trigger.MANUAL)
        work()

    def come_to_rest(self) -> None:
        """Nothing happens any more: signals are taken, and segments that rank everybody are counted."""
        self.at_rest = True
        self.settle()
        work()
        self.recount(list(Segment.objects.filter(upkeep=Segment.Upkeep.PROMISE)))
        self.at_rest = False


def _stored(values: dict[str, Any]) -> Json:
    return {key: stored_value(value) for key, value in values.items() if value is not None}


def _hurry() -> bool:
    """Make what is due later due now; answers whether there is any signal."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE profiles_signal SET due_at = NULL WHERE due_at IS NOT NULL")
        cursor.execute("SELECT EXISTS (SELECT FROM profiles_signal)")
        [[there]] = cursor.fetchall()
    return bool(there)


def still(monkeypatch: pytest.MonkeyPatch, as_of: datetime) -> None:
    """Decide everything at one instant."""
    stopped = SimpleNamespace(now=lambda: as_of)
    monkeypatch.setattr("segments.increments.work.clock", stopped)
    monkeypatch.setattr("segments.runs.queue.clock", stopped)


def meanwhile(monkeypatch: pytest.MonkeyPatch, point: str, happens: Callable[[], None]) -> None:
    """Have something happen whenever a fail-point is reached, unless it is happening already."""
    reach = failpoints.reach
    busy: list[str] = []

    def reached(name: str) -> None:
        reach(name)
        if name == point and not busy:
            busy.append(name)
            happens()
            busy.clear()

    monkeypatch.setattr(failpoints, "reach", reached)


def differences(as_of: datetime) -> Iterator[tuple[str, set[int], set[int]]]:
    """Segment by segment, whom signals have left as members and a run of everybody finds, at one instant."""
    catalogue = load_catalogue()
    segments = list(Segment.objects.order_by("pk").select_related("published"))
    jobs = [
        engine.Job(parse(segment.published.definition, catalogue, key=segment.key), as_of)
        for segment in segments
        if segment.published is not None
    ]
    for place, outcome in engine.evaluate_many(jobs, catalogue=catalogue):
        assert isinstance(outcome, engine.Result), outcome
        yield segments[place].key, set(membership.load(segments[place].pk)), set(outcome.members)
