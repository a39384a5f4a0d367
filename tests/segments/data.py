"""Plain functions that make a small company: a catalogue, people, companies, events, segments."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction

from accounts.actors import INSTALLATION
from accounts.models import Team, TeamMember, User
from profiles.changes import mark_companies, mark_profiles
from profiles.models import (
    Company,
    EventProperty,
    EventType,
    Identity,
    Profile,
    TailEvent,
    TraitDefinition,
)
from segments import services
from segments.models import Segment, SegmentVersion

AGES_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def make_trait(key: str, kind: str, *, unit: str = "profile", label: str = "") -> TraitDefinition:
    return TraitDefinition.objects.create(unit=unit, key=key, type=kind, column=key, label=label)


def make_event_type(name: str, **properties: str) -> EventType:
    event = EventType.objects.create(name=name, table=name)
    for key, kind in properties.items():
        EventProperty.objects.create(event_type=event, key=key, type=kind, column=key)
    return event


@transaction.atomic
def make_profile(external_id: str | None, *, company: Company | None = None, email: str = "", **traits: Any) -> Profile:
    """A person, known to the lake's overlay from here on; without an id and an e-mail, one that is not counted."""
    profile = Profile.objects.create(lasting=bool(external_id or email), company=company, traits=traits)
    if external_id:
        Identity.objects.create(profile=profile, kind=Identity.Kind.EXTERNAL_ID, value=external_id)
    if email:
        Identity.objects.create(profile=profile, kind=Identity.Kind.EMAIL, value=email)
    mark_profiles([profile.pk])
    return profile


@transaction.atomic
def make_company(external_id: str, **traits: Any) -> Company:
    company = Company.objects.create(external_id=external_id, traits=traits)
    mark_companies([company.pk])
    return company


@transaction.atomic
def change_traits(profile: Profile, **traits: Any) -> None:
    profile.traits = profile.traits | traits
    profile.save()
    mark_profiles([profile.pk])


def make_event(event: EventType, profile: Profile, at: datetime = AGES_AGO, **properties: Any) -> None:
    TailEvent.objects.create(
        event_type=event, profile=profile, timestamp=at, message_id=str(uuid4()), properties=properties
    )


def make_team(key: str = "growth") -> Team:
    return Team.objects.create(key=key, name=key.title())


def make_person(email: str, team: Team | None = None, role: str = "editor") -> User:
    user = User.objects.create_user(email)
    if team is not None:
        TeamMember.objects.create(team=team, user=user, role=role)
    return user


def make_segment(key: str, team: Team, **fields: Any) -> Segment:
    """A draft that lacks nothing but a version."""
    owner = User.objects.filter(email="owner@example.com").first() or make_person("owner@example.com")
    TeamMember.objects.get_or_create(team=team, user=owner, defaults={"role": "admin"})
    given: dict[str, Any] = {"name": key.title(), "unit": "profile", "decision": "We write to them.", "owner": owner}
    given |= {"review_on": date(2100, 1, 1), "freshness": timedelta(hours=1)} | fields
    return services.create_segment(actor=INSTALLATION, key=key, team=team, **given)


def save(segment: Segment, rule: Mapping[str, Any]) -> SegmentVersion:
    definition = {"unit": segment.unit, "rule": rule}
    return services.save_version(segment=segment, definition=definition, actor=INSTALLATION)


def publish(segment: Segment, rule: Mapping[str, Any]) -> Segment:
    """The segment with this rule in force."""
    return services.publish(version=save(segment, rule), actor=INSTALLATION)


def live_segment(key: str, team: Team, rule: Mapping[str, Any], **fields: Any) -> Segment:
    return publish(make_segment(key, team, **fields), rule)
