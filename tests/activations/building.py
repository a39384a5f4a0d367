"""Builds what the tests of activations speak about: people, a segment with members, a connection, an activation."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db import transaction
from pyroaring import BitMap64

from accounts.actors import INSTALLATION
from accounts.models import Team
from activations import services
from activations.destinations.base import Capabilities
from activations.models import Activation, Connection, Pace
from lib import clock
from profiles.models import Company, Identity, Profile, TraitDefinition, Unit
from segments import membership
from segments.models import Run, Segment, SegmentVersion

COLUMNS = [
    {"to": "email", "identifier": "email"},
    {"to": "plan", "trait": "plan"},
]


def a_team(key: str = "growth") -> Team:
    return Team.objects.get_or_create(key=key, defaults={"name": key.title()})[0]


def a_person(email: str | None = None, **traits: Any) -> Profile:
    profile = Profile.objects.create(lasting=True, traits=traits)
    if email:
        Identity.objects.create(profile=profile, kind=Identity.Kind.EMAIL, value=email)
    return profile


def a_company(external_id: str, **traits: Any) -> Company:
    return Company.objects.create(external_id=external_id, traits=traits)


def traits(unit: str = Unit.PROFILE, **types: str) -> None:
    """Put traits into the catalogue: key=type."""
    for key, type_ in types.items():
        TraitDefinition.objects.create(unit=unit, key=key, column=f"t_{key}", type=type_)


def a_segment(key: str = "vip", unit: str = Unit.PROFILE) -> Segment:
    segment = Segment.objects.create(key=key, name=key.upper(), team=a_team(), unit=unit)
    segment.published = SegmentVersion.objects.create(
        segment=segment, number=1, definition={}, sha256="", words="", state=SegmentVersion.State.PUBLISHED
    )
    segment.state = Segment.State.LIVE
    segment.save()
    return segment


def has_members(segment: Segment, members: Iterable[Profile | Company | int]) -> Run:
    """Make these the segment's members, by a run of now."""
    assert segment.published is not None
    ids = BitMap64(member if isinstance(member, int) else member.pk for member in members)
    now = clock.now()
    with transaction.atomic():
        run = Run.objects.create(
            segment=segment, version=segment.published, trigger=Run.Trigger.MANUAL, state=Run.State.SUCCEEDED,
            as_of=now, finished_at=now, members=len(ids),
        )  # fmt: skip
        membership.store(run, ids)
    return run


def a_connection(kind: str = "files", name: str = "Disk", **config: str) -> Connection:
    if kind == "files":
        config = {"folder": "out", "compression": "none", "newline": "lf"} | config
    return services.create_connection(actor=INSTALLATION, team=a_team(), kind=kind, name=name, config=config)


def an_activation(segment: Segment, connection: Connection | None = None, **fields: Any) -> Activation:
    given: dict[str, Any] = {"name": "VIP to disk", "columns": COLUMNS, "removal_limit": 100} | fields
    key = given.pop("key", "vip-to-disk")
    return services.create_activation(
        actor=INSTALLATION, key=key, segment=segment, connection=connection or a_connection(), **given
    )


def without_rate(capabilities: Capabilities) -> Capabilities:
    return replace(capabilities, rate=None)


def no_pause(connection: Connection) -> None:
    """What waiting as long as the tool asked for would do."""
    Pace.objects.filter(connection=connection).delete()
