"""Every message comes three times, in any order, while processes are killed: each takes effect once, by itself."""

import random
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker

from config.embedded.waiting import wait_until
from lib import clock
from profiles.lake.snapshot import TableScan, open_snapshot
from profiles.models import EventId, Identity, QuarantinedEvent, Signal
from segments import engine, membership
from segments.models import Segment
from segments.registry import load_catalogue
from segments.rules.parse import parse
from tests.faults.flood import EVENT, RULES, Flood
from tests.faults.installation import Installation, installed
from tests.faults.storm import Storm
from tests.faults.test_storm import RECOVERY_SECONDS, a_storm, is_consistent
from tests.segments import data
from tests.segments.processes import manage

PATIENCE = 3_600


@pytest.fixture
def installation(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Installation]:
    with django_db_blocker.unblock(), installed(tmp_path / "home") as one:
        yield one


@pytest.mark.deep
def test_fifty_thousand_messages_that_come_three_times_take_effect_once(
    installation: Installation, tmp_path: Path, printed: Callable[[str], None]
) -> None:
    storm = a_storm(installation, tmp_path)
    flood = a_flood(installation, messages=50_000, people=2_000)
    blows: list[Callable[[], None]] = [
        partial(storm.kill, name, lambda: flood.goes_on) for name in ("web", "worker", "signals") for _ in range(6)
    ]
    blows += [storm.beat, storm.beat, storm.wiped_broker, storm.wiped_broker, storm.restarted_database]
    told = outlast(storm, flood, blows, tmp_path)

    printed(f"{flood.messages} messages, each three times: {told}; {storm.tally}")


def a_flood(installation: Installation, messages: int, people: int) -> Flood:
    """Segments to move people into, and a source to send as."""
    data.make_trait("plan", "text")
    data.make_event_type(EVENT, amount="number")
    team = Segment.objects.all()[0].team
    for key, rule in RULES.items():
        data.live_segment(key, team, rule, freshness=timedelta(seconds=5))
    made = manage(installation.served.environment, "create_source", "flood")
    assert made.returncode == 0, made.stderr
    address = f"http://127.0.0.1:{installation.served.port}"
    return Flood(address, made.stdout.strip(), messages, people, random.Random(2026))


def outlast(storm: Storm, flood: Flood, blows: list[Callable[[], None]], folder: Path) -> str:
    """Strike all the while, wait for the recovery, and look whether everything is there once; in words."""
    storm.random.shuffle(blows)
    flood.start()
    for place, blow in enumerate(blows, 1):
        due = flood.requests * place // (len(blows) + 1)
        wait_until(partial(flood.has_answers, due), f"{due} answers", folder, PATIENCE)
        blow()
    wait_until(lambda: not flood.goes_on, "all answers", folder, PATIENCE)
    wait_until(lambda: not Signal.objects.exists() and not wrong_members(flood), "recovery", folder, RECOVERY_SECONDS)
    assert flood.faults == []
    assert lost_or_doubled(storm, flood) == []
    assert differ_from_a_recount() == []
    return f"{flood.cut_off} requests were cut off and {flood.put_off} put off, 0 lost, 0 doubled, 0 members differ"


def wrong_members(flood: Flood) -> list[str]:
    """Segments of the flood whose members are not those that its messages make."""
    names = dict(Identity.objects.filter(kind=Identity.Kind.EXTERNAL_ID).values_list("profile_id", "value"))
    return [
        key
        for key, expected in flood.members().items()
        if {names[member] for member in membership.load(Segment.objects.get(key=key).pk)} != expected
    ]


def lost_or_doubled(storm: Storm, flood: Flood) -> list[str]:
    """What is there twice, or not at all."""
    wrong = []
    with open_snapshot({EVENT: TableScan()}) as snapshot:
        found = snapshot.connection.sql(f"SELECT user_id, count(*), count(DISTINCT message_id) FROM {EVENT} GROUP BY 1")
        rows = found.fetchall()
    names = dict(Identity.objects.filter(kind=Identity.Kind.EXTERNAL_ID).values_list("profile_id", "value"))
    if {names[user]: number for user, number, _ in rows} != flood.orders:
        wrong.append("events")
    if any(number != different for _, number, different in rows):
        wrong.append("message ids")
    if Identity.objects.filter(value__startswith="f", kind=Identity.Kind.EXTERNAL_ID).count() != flood.people:
        wrong.append("people")
    if (
        EventId.objects.count() != flood.messages + storm.world.order_counts().total()
        or QuarantinedEvent.objects.exists()
    ):
        wrong.append("event ids")
    return wrong + [f"the story of {key}" for key in RULES if not is_consistent(Segment.objects.get(key=key))]


def differ_from_a_recount() -> list[str]:
    """Segments whose stored members are not those that a run of everybody finds now."""
    catalogue, now = load_catalogue(), clock.now()
    segments = list(Segment.objects.filter(key__in=RULES).select_related("published"))
    jobs = [
        engine.Job(parse(segment.published.definition, catalogue, key=segment.key), now)
        for segment in segments
        if segment.published is not None
    ]
    with closing(engine.evaluate_many(jobs, catalogue=catalogue)) as outcomes:
        return [
            segments[place].key
            for place, outcome in outcomes
            if not isinstance(outcome, engine.Result) or outcome.members != membership.load(segments[place].pk)
        ]
