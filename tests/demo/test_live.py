"""What happens now: sent through the tracking API and taken, by people who are there, at a bounded pace."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from random import Random

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.models import User
from demo import catalogue
from demo.live import happenings
from demo.live.outbox import MOST_WAITING, Message, Outbox
from demo.live.stream import Stream
from demo.live.town import MOST_NEWCOMERS, Town
from demo.world import COMPANIES
from demo.world.cast import Cast
from profiles.models import Company, Profile, QuarantinedEvent, Source, TailEvent
from profiles.services import issue_write_key
from tests.pages.company import make_person

MINUTES = 20


class Wire:
    """Takes the place of the network: what is sent reaches the tracking API of this process; it may be down."""

    def __init__(self, client: Client, keys: Mapping[str, str]) -> None:
        self.client, self.keys, self.is_down, self.sent = client, keys, False, 0

    def send(self, source: str, messages: Sequence[Message]) -> bool:
        if self.is_down:
            return False
        body = json.dumps({"batch": messages, "writeKey": self.keys[source]})
        assert self.client.post("/v1/batch", body, content_type="application/json").status_code == 200
        self.sent += len(messages)
        return True


@pytest.fixture
def cast() -> Cast:
    return Cast.gather()


@pytest.fixture
def administrator(db: None) -> User:
    return make_person("ada@example.com", "Ada", is_administrator=True)


@pytest.fixture
def wire(client: Client, administrator: User) -> Wire:
    actor = Actor(administrator)
    catalogue.describe(actor)
    keys = {source.key: issue_write_key(actor=actor, source=source) for source in Source.objects.all()}
    return Wire(client, keys)


def stream(cast: Cast, wire: Wire, seed: int = 1) -> Stream:
    return Stream(Town.of(cast, {}), wire, Random(seed))  # type: ignore[arg-type]


def test_some_minutes_of_events_are_all_taken_and_none_waits_in_quarantine(cast: Cast, wire: Wire) -> None:
    live = stream(cast, wire)
    for second in range(1_700_000_000, 1_700_000_000 + MINUTES * 60):
        live.step(second)
    assert QuarantinedEvent.objects.count() == 0
    assert 0.5 < wire.sent / (MINUTES * 60) < 3
    names = Counter(TailEvent.objects.values_list("event_type__name", flat=True))
    assert names.most_common(1)[0][0] == "Logged in"
    assert {"Page viewed", "Invoice created", "Payment received", "Checkout started"} <= set(names)


def test_a_new_trial_is_a_company_with_people_and_a_restart_remembers_it(cast: Cast, wire: Wire) -> None:
    outbox, town = Outbox(), Town.of(cast, {})
    happenings.begin_trial(outbox, Random(1), town, 1_700_000_000)
    for source, messages in outbox.due(1_700_000_400).items():
        wire.send(source, messages)
    company = Company.objects.get(external_id=f"c-{COMPANIES + 1}")
    assert (company.known, company.traits["status"], company.traits["plan"]) == (True, "Trial", "Trial")
    assert Profile.objects.filter(company=company).count() == 3

    known = dict(Company.objects.values_list("external_id", "traits"))
    again = Town.of(Cast.gather(), known)
    assert (again.newcomers, again.now[COMPANIES + 1].status) == (1, "Trial")


def test_a_finished_checkout_changes_the_company(cast: Cast, wire: Wire) -> None:
    town, random = Town.of(cast, {}), Random(3)
    outbox = Outbox()
    before = dict(town.now)
    while town.now == before:
        happenings.check_out(outbox, random, town, 1_700_000_000)
    [changed] = [number for number in before if town.now[number] != before[number]]
    for source, messages in outbox.due(1_700_001_000).items():
        wire.send(source, messages)
    traits = Company.objects.get(external_id=f"c-{changed:04d}").traits
    now = town.now[changed]
    assert (traits["status"], traits["plan"], traits["seats"]) == ("Customer", now.plan, now.seats)
    assert traits["mrr"] == now.mrr > before[changed].mrr


def test_while_nobody_answers_messages_wait_within_bounds_and_then_all_are_taken_once(cast: Cast, wire: Wire) -> None:
    live, began = stream(cast, wire), 1_700_000_000
    wire.is_down = True
    for second in range(began, began + 120):
        assert live.step(second) == 0
    wire.is_down = False
    assert sum(live.step(second) for second in range(began + 120, began + 126)) > 60
    assert TailEvent.objects.count() == TailEvent.objects.values("message_id").distinct().count()

    outbox = Outbox()
    for number in range(MOST_WAITING + 10):
        outbox.put(number, "app", {})
    assert len(outbox.due(MOST_WAITING + 10)["app"]) == MOST_WAITING


def test_newcomers_end_some_day(cast: Cast) -> None:
    town = Town.of(cast, {})
    for _ in range(MOST_NEWCOMERS):
        company = town.next_newcomer()
        assert company is not None
        town.settle(company, company.states[0])
    assert town.next_newcomer() is None
