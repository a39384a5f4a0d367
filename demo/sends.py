"""Where Harbourline's segments go: files, and webhooks to the receiver that the demo brings along."""

from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from accounts.models import Team
from activations.models import Activation, Connection
from activations.services import create_activation, create_connection, update_connection
from demo.receiver.signature import shared_secret
from segments.models import Segment

PERSON = [
    {"to": "customer_id", "identifier": "external_id"},
    {"to": "email", "identifier": "email"},
    {"to": "first_name", "trait": "first_name"},
    {"to": "language", "trait": "language"},
]
COMPANY = [
    {"to": "company_id", "identifier": "external_id"},
    {"to": "name", "trait": "name"},
    {"to": "account_manager", "trait": "account_manager"},
    {"to": "plan", "trait": "plan"},
    {"to": "monthly_revenue", "trait": "mrr"},
]
FILES, RECEIVER = "files", "webhook"


@dataclass(frozen=True)
class Sent:
    """One activation to make. `every` is how long between two syncs; None for each morning at six."""

    key: str
    name: str
    owner: str
    segment: str
    kind: str
    columns: list[dict[str, str]]
    every: timedelta | None = None


SENDS = (
    Sent("win-back-series", "Win-back series", "maya", "win-back", RECEIVER, PERSON, timedelta(minutes=15)),
    Sent("checkout-letter", "Open checkouts", "maya", "checkout-left", RECEIVER, PERSON, timedelta(minutes=1)),
    Sent("notes-for-managers", "Notes for account managers", "maya", "best-gone-quiet", FILES, COMPANY),
    Sent("call-today", "Call today", "jonas", "pricing-together", RECEIVER, COMPANY, timedelta(seconds=30)),
    Sent("renewal-calls", "Renewal calls", "jonas", "renewals-at-risk", FILES, COMPANY),
    Sent("import-first", "Start page: import first", "priya", "trial-nothing-imported", RECEIVER, PERSON,
         timedelta(seconds=30)),
    Sent("interviews", "People to interview", "priya", "log-ins-halved", FILES, PERSON, timedelta(minutes=30)),
)  # fmt: skip


def make(people: dict[str, Actor]) -> None:
    """The activations that are not there yet."""
    for sent in SENDS:
        _make(sent, people[sent.owner])


def follow(url: str, folder: Path, people: dict[str, Actor]) -> None:
    """Have the webhooks call the receiver where it listens this time; the first time, connect them."""
    for actor in {sent.owner: people[sent.owner] for sent in SENDS if sent.kind == RECEIVER}.values():
        _connect_receiver(actor, f"{url}/demo/receiver/inbox/", shared_secret(folder))


@transaction.atomic
def _connect_receiver(actor: Actor, address: str, secret: str) -> None:
    team = _team_of(actor)
    found = Connection.objects.filter(team=team, kind=RECEIVER).first()
    config = {"url": address, "secret": secret, "size": "64"}
    if found is None:
        create_connection(actor=actor, team=team, kind=RECEIVER, name="The demo's receiver", config=config)
    elif found.config["url"] != address:
        update_connection(actor=actor, connection=found, name=found.name, config=config)


@transaction.atomic
def _make(sent: Sent, owner: Actor) -> None:
    if Activation.objects.filter(key=sent.key).exists():
        return
    team = _team_of(owner)
    times: dict[str, Any] = {"schedule": Activation.ScheduleKind.INTERVAL, "interval": sent.every}
    if sent.every is None:
        times = {"schedule": Activation.ScheduleKind.DAILY, "daily_at": time(6), "timezone": "Europe/Berlin"}
    create_activation(
        actor=owner,
        key=sent.key,
        name=sent.name,
        segment=Segment.objects.get(key=sent.segment),
        connection=_connection(owner, team, sent.kind),
        mode=Activation.Mode.MIRROR,
        columns=sent.columns,
        removal_limit=60,
        **times,
    )


def _connection(actor: Actor, team: Team, kind: str) -> Connection:
    found = Connection.objects.filter(team=team, kind=kind).first()
    if found:
        return found
    config = {"folder": team.key}
    return create_connection(actor=actor, team=team, kind=kind, name=f"Files of {team}", config=config)


def _team_of(actor: Actor) -> Team:
    return Team.objects.filter(members=actor.user).get()
