"""Two teams with everything a team can have, and a cast that asks for it.

What only a team may see says `secret of KEY`, what is known of customers says so: so a leak can be read in an
answer, whatever its status.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.test import Client
from pyroaring import BitMap64

from accounts.actors import INSTALLATION
from accounts.models import Scope, Team, TeamMember, Token, User
from accounts.services import create_token
from activations import services as activation_services
from activations.models import Activation, Connection, SyncRun
from lib import clock
from profiles.models import Company, Identity, Import, Profile, TraitDefinition
from segments import membership, services
from segments.models import CheckFinding, Run, Segment, SegmentVersion
from tests.segments import data

PERSONAL = "known of a customer"
MEMBER = "member-1"
RULE = {"trait": "plan", "op": "eq", "value": "Paid"}


@dataclass(frozen=True)
class Estate:
    """What one team owns. The segment `live` has version 1 in force and version 2, a draft."""

    team: Team
    live: Segment
    paused: Segment
    draft: Segment
    run: Run
    draft_run: Run
    connection: Connection
    spare: Connection
    activation: Activation
    sync_run: SyncRun
    waiting_import: Import
    finding: CheckFinding
    people: dict[str, User]

    @property
    def secret(self) -> str:
        return secret_of(self.team.key)


def secret_of(key: str) -> str:
    return f"secret of {key}"


def make_person(name: str, *, administrator: bool = False, personal: bool = False) -> User:
    return User.objects.create_user(
        f"{name}@example.com", is_superuser=administrator, is_staff=administrator, sees_personal_data=personal
    )


def make_people() -> Profile:
    """One member of everything, of a company."""
    TraitDefinition.objects.create(unit="profile", key="plan", type="text", column="plan")
    with transaction.atomic():
        company = data.make_company("company-1", industry=f"{PERSONAL} industry")
        return data.make_profile(MEMBER, company=company, email=f"{MEMBER}@example.com", plan=f"{PERSONAL} plan")


def make_estate(key: str, people: dict[str, User], member: Profile) -> Estate:
    """A team of these people by role, with one of each thing that a team can own."""
    team = Team.objects.create(key=key, name=key.title())
    for role, user in people.items():
        TeamMember.objects.create(team=team, user=user, role=role)
    live, paused = (_segment(f"{key}-{state}", team, people["viewer"]) for state in ("live", "paused"))
    draft = _segment(f"{key}-draft", team, people["viewer"], secret=True)
    for segment in (live, paused):
        services.publish(actor=INSTALLATION, version=_version(segment))
    services.pause(actor=INSTALLATION, segment=paused)
    _version(live, note=secret_of(key))
    _version(draft, note=secret_of(key))
    run = _counted(live, member)
    connection, spare = _connection(team, "a"), _connection(team, "b")
    activation = activation_services.create_activation(
        actor=INSTALLATION,
        key=f"{key}-activation",
        name=f"{key} activation",
        segment=live,
        connection=connection,
        columns=[{"to": secret_of(key), "identifier": "external_id"}],
    )
    sync_run = SyncRun.objects.create(
        activation=activation,
        trigger="manual",
        state=SyncRun.State.WAITING,
        removals_planned=1,
        failure=secret_of(key),
        failure_code="waits",
    )
    return Estate(
        team=team,
        live=Segment.objects.get(pk=live.pk),
        paused=Segment.objects.get(pk=paused.pk),
        draft=draft,
        run=run,
        draft_run=Run.objects.create(
            segment=draft, version=_newest(draft), trigger="manual", state=Run.State.FAILED, failure=secret_of(key)
        ),
        connection=connection,
        spare=spare,
        activation=activation,
        sync_run=sync_run,
        waiting_import=_import(team),
        finding=_finding(live),
        people=people,
    )


def _segment(key: str, team: Team, owner: User, *, secret: bool = False) -> Segment:
    words = secret_of(team.key) if secret else "public"
    return services.create_segment(
        actor=INSTALLATION,
        key=key,
        name=f"{key} {words}",
        team=team,
        unit="profile",
        owner=owner,
        decision=words,
        review_on=date(2100, 1, 1),
        freshness=timedelta(hours=1),
    )


def _version(segment: Segment, note: str = "") -> SegmentVersion:
    rule = RULE | {"value": note or "Paid"}
    definition = {"unit": "profile", "rule": rule}
    return services.save_version(actor=INSTALLATION, segment=segment, definition=definition, note=note)


def _newest(segment: Segment) -> SegmentVersion:
    return SegmentVersion.objects.filter(segment=segment).latest("number")


@transaction.atomic
def _counted(segment: Segment, member: Profile) -> Run:
    """As a worker leaves it, without running the engine: the open run has found one member."""
    run = Run.objects.get(segment=segment)
    membership.store(run, BitMap64([member.pk]))
    run.state, run.as_of, run.finished_at = Run.State.SUCCEEDED, clock.now(), clock.now()
    run.members = run.entered = 1
    run.left = 0
    run.save()
    return run


def _connection(team: Team, name: str) -> Connection:
    return activation_services.create_connection(
        actor=INSTALLATION,
        team=team,
        kind="files",
        name=f"{name} {secret_of(team.key)}",
        config={"folder": f"{team.key}-{name}"},
    )


def _finding(segment: Segment) -> CheckFinding:
    return CheckFinding.objects.create(
        segment=segment, check_key="size", title="Size", severity="warn", evidence="It is so.", next_step="Mend it."
    )


def _import(team: Team) -> Import:
    """One that waits for its file."""
    return Import.objects.create(team=team, kind="profiles", options={"source": secret_of(team.key)})


def session_of(user: User) -> Client:
    """A browser in which somebody has signed in."""
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def token_of(user: User, scopes: Collection[str] = tuple(Scope.values)) -> tuple[Token, str]:
    return create_token(
        actor=INSTALLATION,
        user=user,
        name="test",
        scopes=list(scopes),
        expires_at=clock.now() + timedelta(days=30),
    )


def program_of(user: User, scopes: Collection[str] = tuple(Scope.values)) -> Client:
    """A program with a token of somebody."""
    _, secret = token_of(user, scopes)
    return Client(raise_request_exception=False, headers={"Authorization": f"Bearer {secret}"})


def personal_names() -> list[Any]:
    """Everything by which the customers of this world are recognised."""
    return [*Identity.objects.values_list("value", flat=True), *Company.objects.values_list("external_id", flat=True)]
