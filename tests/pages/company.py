"""Plain functions that make what pages show: people, teams, segments with their versions, months of runs, syncs.

Rows are written as the engine leaves them, without running it, so that a quarter of a year takes a moment.
"""

import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from pyroaring import BitMap64

from accounts.models import Team, TeamMember, User
from activations.models import Activation, Connection, SyncRun
from lib import clock
from profiles.models import EventType, TraitDefinition
from segments import membership
from segments.models import Run, Segment, SegmentVersion
from segments.registry import load_catalogue, load_labels
from segments.rules.parse import parse
from segments.rules.words import describe
from tests.segments import data

PASSWORD = "correct horse battery staple"
WORDS = "People whose Plan is trial."
RULE = {"trait": "plan", "op": "eq", "value": "trial"}
FAILURE = "The trait “last_seen” is no longer in the catalogue. Add it again, or publish a version without it."


def make_person(email: str, name: str = "", *, is_administrator: bool = False) -> User:
    user = User(email=email, name=name, is_staff=is_administrator, is_superuser=is_administrator)
    user.set_password(PASSWORD)
    user.save()
    return user


def make_team(key: str, name: str = "", colour: str = "#3b5bdb", people: Sequence[User] = ()) -> Team:
    team = Team.objects.create(key=key, name=name or key.title(), colour=colour)
    TeamMember.objects.bulk_create(TeamMember(team=team, user=user, role="editor") for user in people)
    return team


def make_segment(key: str, team: Team, words: str = "", **fields: Any) -> Segment:
    """A live segment with one published version, or in another `state`; a draft's version is not published."""
    state, rule = fields.pop("state", Segment.State.LIVE), fields.pop("rule", RULE)
    given = {"name": key.replace("-", " ").capitalize(), "upkeep": Segment.Upkeep.TIME} | fields
    segment = Segment.objects.create(key=key, team=team, **given)
    if state == Segment.State.DRAFT:
        _add_version(segment, words or WORDS, rule=rule, state=SegmentVersion.State.DRAFT)
    else:
        add_version(segment, words or WORDS, state=state, rule=rule)
    return segment


def add_version(segment: Segment, words: str, *, state: str = "live", **fields: Any) -> SegmentVersion:
    """The next version, published; the one before is superseded. The segment is in `state` then."""
    before = SegmentVersion.objects.filter(segment=segment)
    before.filter(state=SegmentVersion.State.PUBLISHED).update(state=SegmentVersion.State.SUPERSEDED)
    given = {"published_at": clock.now() - timedelta(days=200), "state": SegmentVersion.State.PUBLISHED} | fields
    segment.published = _add_version(segment, words, **given)
    segment.state = state
    segment.save()
    return segment.published


def _add_version(segment: Segment, words: str, **fields: Any) -> SegmentVersion:
    definition = {"unit": segment.unit, "rule": fields.pop("rule", RULE)}
    given = {"definition": definition, "sha256": "0" * 64} | fields
    number = SegmentVersion.objects.filter(segment=segment).count() + 1
    return SegmentVersion.objects.create(segment=segment, number=number, words=words, **given)


def add_run(segment: Segment, as_of: datetime, members: int | None, **fields: Any) -> Run:
    """A run that succeeded at `as_of`; with `members` None and other fields, one that did not."""
    return Run.objects.create(**_run(segment, as_of, members, **fields))


def _run(segment: Segment, as_of: datetime, members: int | None, **fields: Any) -> dict[str, Any]:
    given = {
        "segment": segment,
        "version": segment.published,
        "trigger": Run.Trigger.SCHEDULE,
        "state": Run.State.SUCCEEDED,
        "as_of": as_of,
        "queued_at": as_of,
        "started_at": as_of,
        "finished_at": as_of + timedelta(milliseconds=740),
        "members": members,
        "entered": 0,
        "left": 0,
    }
    return given | fields


def add_history(segment: Segment, size: int, *, days: int = 90, growth: float = 0.002, until: datetime) -> None:
    """A run a day up to `until`, from about `size` members on; the same each time for a key."""
    chance = random.Random(segment.key)
    members, runs = size, []
    for place in range(days):
        season = 1 + 0.4 * ((place // 7) % 2)
        entered = round(chance.random() * season * members * (0.04 + growth)) + (chance.random() < 0.3)
        left = min(members, round(chance.random() * members * 0.046))
        members += entered - left
        as_of = until - timedelta(days=days - 1 - place)
        runs.append(Run(**_run(segment, as_of, members, entered=entered, left=left)))
    Run.objects.bulk_create(runs)


def add_failures(segment: Segment, since: datetime, *, count: int = 3) -> None:
    """Runs that failed, an hour apart, the first at `since`."""
    for place in range(count):
        at = since + timedelta(hours=place)
        add_run(
            segment,
            at,
            None,
            state=Run.State.FAILED,
            entered=None,
            left=None,
            failure_code="unknown_trait",
            failure=FAILURE,
            attempts=3,
        )


def make_connection(team: Team, name: str) -> Connection:
    return Connection.objects.create(team=team, kind="files", name=name)


def make_activation(segment: Segment, connection: Connection, name: str, **fields: Any) -> Activation:
    given: dict[str, Any] = {
        "schedule": Activation.ScheduleKind.INTERVAL,
        "interval": timedelta(hours=1),
        "columns": [],
    }
    key = f"{segment.key}-{connection.pk}"
    return Activation.objects.create(key=key, name=name, segment=segment, connection=connection, **given | fields)


def add_sync(activation: Activation, at: datetime, state: str = SyncRun.State.SUCCEEDED, **fields: Any) -> SyncRun:
    given = {"queued_at": at, "started_at": at, "finished_at": at + timedelta(seconds=4)} | fields
    return SyncRun.objects.create(activation=activation, trigger=SyncRun.Trigger.SCHEDULE, state=state, **given)


def make_funnel(members: int, audience: int) -> list[dict[str, Any]]:
    """As a sync run keeps it."""
    steps = (("members", members), ("consent", audience))
    return [{"step": step, "label": step, "left": left} for step, left in steps]


def make_catalogue() -> None:
    """What the definitions of `make_company` name."""
    for key, kind, label in (
        ("plan", "text", "Plan"),
        ("signed_up_at", "datetime", "Sign-up"),
        ("seats", "number", ""),
    ):
        TraitDefinition.objects.create(unit="profile", key=key, type=kind, column=key, label=label)
    for name in ("Logged in", "Created project", "Visited pricing page"):
        EventType.objects.create(name=name, table=name.lower().replace(" ", "_"))


def quiet_trials(days: int) -> dict[str, Any]:
    """A nested rule: trials up to so many days old that do little, but not nothing."""
    week, fortnight = {"last": "7 days"}, {"last": "14 days"}
    little = {
        "any": [
            {"not": {"event": "Created project", "window": fortnight}},
            {"event": "Visited pricing page", "window": fortnight, "measure": "count", "op": "gte", "value": 2},
            {"trait": "seats", "op": "lte", "value": 40},
        ]
    }
    return {
        "all": [
            {"trait": "plan", "op": "eq", "value": "Trial"},
            {"trait": "signed_up_at", "op": "after", "value": {"ago": f"{days} days"}},
            {"event": "Logged in", "window": week},
            little,
        ]
    }


def words_of(rule: dict[str, Any]) -> str:
    """The sentence that saving a version would store."""
    return describe(parse({"unit": "profile", "rule": rule}, load_catalogue()), load_labels())


def make_company() -> User:
    """Three teams with a dozen segments in every state, and an administrator, who is returned."""
    now = clock.now()
    admin = make_person("admin@example.com", "Maya Lindqvist", is_administrator=True)
    tom, priya = make_person("tom@example.com", "Tom Okafor"), make_person("priya@example.com", "Priya Nair")
    jasper = make_person("jasper@example.com", "Jasper Vos")
    growth = make_team("growth", "Growth marketing", "#0b6fd3", [tom, admin])
    product, sales = (
        make_team("product", "Product", "#ae3ec9", [priya]),
        make_team("sales", "Sales", "#0b8a6a", [jasper]),
    )
    files = make_connection(growth, "Newsletter files")
    board = make_connection(sales, "Sales board")

    make_catalogue()
    before, after = quiet_trials(14), quiet_trials(21)
    trials = make_segment(
        "trials-going-quiet",
        growth,
        words_of(before),
        rule=before,
        owner=tom,
        review_on=date(2027, 1, 10),
        decision="They get the day-5 nudge instead of the usual onboarding mail.",
    )
    add_version(
        trials,
        words_of(after),
        rule=after,
        note="Wider sign-up window.",
        author=admin,
        published_at=now - timedelta(days=10),
    )
    add_history(trials, 380, until=now - timedelta(minutes=12))
    nudge = make_activation(trials, files, "Day-5 nudge")
    add_sync(nudge, now - timedelta(minutes=10), added=6, removed=2, funnel=make_funnel(530, 471))
    ads = make_activation(
        trials,
        board,
        "Call list",
        schedule=Activation.ScheduleKind.DAILY,
        daily_at=time(6),
        interval=None,
        timezone="Europe/Berlin",
    )
    add_sync(
        ads,
        now - timedelta(hours=5),
        SyncRun.State.FAILED,
        failure="The folder “exports/board” is not writable. Give the registry's account the right to write there.",
    )

    make_customers(trials)

    _healthy(growth, tom, files, now)
    power = make_segment(
        "power-users",
        product,
        "People with “Logged in” at least 12 times and “Created project” at least 3 times in the last 30 days.",
        owner=priya,
    )
    add_history(power, 880, until=now - timedelta(minutes=31))

    broken = make_segment(
        "hibernating-payers",
        sales,
        "People whose Plan is Business and with no “Logged in” in the last 60 days.",
        owner=jasper,
        review_on=date(2026, 11, 15),
    )
    add_history(broken, 21, until=now - timedelta(days=4))
    add_failures(broken, now - timedelta(days=4) + timedelta(hours=1))
    add_sync(make_activation(broken, board, "Hibernating payers"), now - timedelta(days=4), added=3)
    late = make_segment(
        "small-businesses-in-germany",
        sales,
        "Companies with fewer than 50 Employees in Germany.",
        name="Small businesses in Germany",
        owner=jasper,
        unit="company",
    )
    add_history(late, 840, until=now - timedelta(hours=9))
    orphan = make_segment("win-back", growth, "People who cancelled in 2025 and still have newsletter consent.")
    add_history(orphan, 655, growth=-0.001, until=now - timedelta(minutes=3))
    make_segment(
        "schools",
        growth,
        "Companies whose Industry is Education.",
        owner=admin,
        unit="company",
        state=Segment.State.PAUSED,
    )
    make_segment("new-this-week", product, "People whose Sign-up was in the last 7 days.", owner=priya)
    make_segment(
        "ready-for-more-seats",
        sales,
        "Companies that use at least 85% of their Seats.",
        owner=jasper,
        unit="company",
        state=Segment.State.DRAFT,
    )
    make_segment("summer-2024", growth, "People who bought in July 2024.", owner=tom, state=Segment.State.RETIRED)
    return admin


def make_customers(segment: Segment) -> None:
    """Two people of a company, one of them in the segment; with events of the last days."""
    data.make_trait("name", "text")
    acme = data.make_company("acme", name="Acme Ltd")
    ann = data.make_profile("ann-17", company=acme, email="ann@example.com", name="Ann Example", plan="Trial", seats=4)
    data.make_profile("bob-3", company=acme, name="Bob Example", plan="Free")
    for name in ("Logged in", "Visited pricing page"):
        data.make_event(EventType.objects.get(name=name), ann, clock.now() - timedelta(days=2))
    with transaction.atomic():
        membership.store(Run.objects.filter(segment=segment)[0], BitMap64([ann.pk]))


def _healthy(team: Team, owner: User, connection: Connection, now: datetime) -> None:
    named = {
        "engaged-newsletter-readers": ("People with “Opened e-mail” at least 3 times in the last 30 days.", 1180),
        "visited-pricing": (
            "People whose Plan is Free and with “Visited pricing page” at least twice in the last 14 days.",
            470,
        ),
        "bought-in-the-last-90-days": ("People with “Order” at least 3 times in the last 90 days.", 12460),
    }
    for key, (words, size) in named.items():
        segment = make_segment(key, team, words, owner=owner)
        add_history(segment, size, until=now - timedelta(minutes=2))
        add_sync(make_activation(segment, connection, segment.name), now - timedelta(minutes=1), added=1)
