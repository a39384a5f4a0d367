"""Makes Harbourline: its customers through the imports, its staff, its segments and one activation."""

import csv
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time, timedelta
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from accounts.actors import INSTALLATION, Actor
from accounts.models import Role, Team, TeamMember, User
from accounts.services import create_team, create_user, set_administrator, set_role
from activations.models import Activation
from activations.services import create_activation, create_connection
from demo import customers
from demo.segments import SEGMENTS, Wanted
from lib import clock
from segments.models import Segment
from segments.services import create_segment, publish, save_version

PASSWORD = "harbourline"  # noqa: S105  (printed at every start; SECURITY.md says what not to put into a demo)
PERSON = [
    {"to": "customer_id", "identifier": "external_id"},
    {"to": "email", "identifier": "email"},
    {"to": "first_name", "trait": "first_name"},
    {"to": "plan", "trait": "plan"},
]
COMPANY = [
    {"to": "company_id", "identifier": "external_id"},
    {"to": "name", "trait": "name"},
    {"to": "employees", "trait": "employees"},
    {"to": "industry", "trait": "industry"},
]
TEAMS = {"marketing": ("Marketing", "#3b5bdb"), "sales": ("Sales", "#0b8a6a"), "product": ("Product", "#ae3ec9")}
STAFF = {
    "maya": ("Maya Lindqvist", "marketing", Role.ADMIN, "marketer"),
    "jonas": ("Jonas Weber", "sales", Role.ADMIN, "salesperson"),
    "priya": ("Priya Nair", "product", Role.ADMIN, "product manager"),
}
ADMINISTRATOR = ("ada", "Ada Okafor", "administrator")
ACTIVATIONS = (  # key, name, owner, segment, minutes between two syncs, columns
    ("quiet-customers-to-file", "Quiet customers, for their account managers", "maya", "gone-quiet", 15, PERSON),
    ("tour-for-trials", "Guided tour for trials", "priya", "trial-not-started", 60, PERSON),
    ("call-list", "Call list of larger companies", "jonas", "larger-companies", 24 * 60, COMPANY),
)
REVIEW_AFTER = timedelta(days=90)


def sign_ins() -> list[tuple[str, str]]:
    """The address of each member of staff, and what they are."""
    people = [(_address(key), words) for key, (_, _, _, words) in STAFF.items()]
    people.append((_address(ADMINISTRATOR[0]), ADMINISTRATOR[2]))
    return [(address, f"{words}; password {PASSWORD}") for address, words in people]


def make(say: Callable[[str], None]) -> None:
    """Make what is not there yet; a start that was killed half-way goes on where it was."""
    if Activation.objects.filter(key=ACTIVATIONS[-1][0]).exists():
        return
    _import_customers(say)
    say("making teams and segments")
    staff = _make_staff()
    for wanted in SEGMENTS:
        _make_segment(wanted, staff)
    for key, name, owner, segment, minutes, columns in ACTIVATIONS:
        _make_activation(key, name, staff[owner], segment, timedelta(minutes=minutes), columns)


def _address(key: str) -> str:
    return f"{key}@harbourline.example"


def _import_customers(say: Callable[[str], None]) -> None:
    folder: Path = settings.REGISTRY_HOME / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    today = datetime.combine(clock.now().astimezone(UTC).date(), time(), UTC)
    random = Random(customers.SEED)  # noqa: S311  (the same company each time, nothing secret)
    accounts = customers.companies(random)
    people = customers.people(random, today, accounts)
    files = {
        "import_companies": _csv(folder / "companies.csv", accounts),
        "import_profiles": _lines(folder / "people.jsonl", (person.row for person in people)),
        "import_events": _lines(folder / "events.jsonl", customers.events(random, today, people)),
    }
    for command, file in files.items():
        say(f"importing {file.name}")
        call_command(command, str(file), source="demo", yes=True, stdout=StringIO(), stderr=StringIO())


def _csv(path: Path, rows: list[dict[str, Any]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def _lines(path: Path, rows: Iterable[dict[str, Any]]) -> Path:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return path


@transaction.atomic
def _make_staff() -> dict[str, Actor]:
    """The people by key, as they act in a session."""
    teams = {key: _team(key, name, colour) for key, (name, colour) in TEAMS.items()}
    staff = {}
    for key, (name, team, role, _) in STAFF.items():
        person = _account(key, name)
        if not TeamMember.objects.filter(team=teams[team], user=person).exists():
            set_role(actor=INSTALLATION, team=teams[team], user=person, role=role)
        staff[key] = Actor(person)
    administrator = _account(*ADMINISTRATOR[:2])
    if not administrator.is_superuser:
        set_administrator(actor=INSTALLATION, user=administrator, administrator=True)
    return staff


def _team(key: str, name: str, colour: str) -> Team:
    found = Team.objects.filter(key=key).first()
    return found or create_team(actor=INSTALLATION, key=key, name=name, colour=colour)


def _account(key: str, name: str) -> User:
    found = User.objects.filter(email=_address(key)).first()
    return found or create_user(actor=INSTALLATION, email=_address(key), name=name, password=PASSWORD)[0]


@transaction.atomic
def _make_segment(wanted: Wanted, staff: dict[str, Actor]) -> None:
    if Segment.objects.filter(key=wanted.key).exists():
        return
    owner = staff[wanted.owner]
    segment = create_segment(
        actor=owner,
        key=wanted.key,
        name=wanted.name,
        team=Team.objects.get(key=wanted.team),
        owner=owner.user,
        unit=wanted.unit,
        decision=wanted.decision,
        freshness=timedelta(minutes=wanted.freshness_minutes),
        review_on=(clock.now() + REVIEW_AFTER).date(),
    )
    version = save_version(segment=segment, definition=wanted.definition, actor=owner, note="First version")
    publish(version=version, actor=owner)


@transaction.atomic
def _make_activation(
    key: str, name: str, owner: Actor, segment_key: str, interval: timedelta, columns: list[dict[str, str]]
) -> None:
    if Activation.objects.filter(key=key).exists():
        return
    segment = Segment.objects.get(key=segment_key)
    folder = segment.team.key
    connection = create_connection(
        actor=owner, team=segment.team, kind="files", name=f"{segment.team}'s files", config={"folder": folder}
    )
    create_activation(
        actor=owner,
        key=key,
        name=name,
        segment=segment,
        connection=connection,
        mode=Activation.Mode.MIRROR,
        schedule=Activation.ScheduleKind.INTERVAL,
        interval=interval,
        columns=columns,
    )
