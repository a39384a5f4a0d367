"""What people agree to, and whom nobody may contact. The audit log says who wrote it, of whom and which channels."""

from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit, policy
from accounts.actors import Actor
from accounts.policy import Action
from lib import clock
from profiles import followers
from profiles.ingest.database import execute
from profiles.models import Consent, ConsentChange, Profile, Source, Suppression

What = ConsentChange.What


@transaction.atomic
def set_consent(*, actor: Actor, profile: Profile, states: Mapping[str, str], source: str) -> None:
    """Record what a person has said: channel → `granted` or `denied`; `source` says where they said it.

    Raises `ValidationError`, by field, and if the person was merged or erased meanwhile.
    """
    policy.require(actor, Action.RECORD_CONSENT)
    if not states:
        raise ValidationError({"channels": "Name a channel and what was said: granted or denied."})
    _hold(profile)
    at = clock.now()
    for channel, state in sorted(states.items()):
        said = Consent(profile=profile, channel=channel, state=state, source=source, by=actor.label, at=at)
        said.clean_fields()
        told = {"state": state, "source": source, "by": actor.label, "at": at}
        Consent.objects.update_or_create(profile=profile, channel=channel, defaults=told)
        _note(said, What(state))
    _tell(actor, "profile.consent", profile, sorted(states))


@transaction.atomic
def suppress(*, actor: Actor, profile: Profile, channel: str, reason: str, source: str) -> None:
    """Let nobody contact a person by a channel, or by any (`EVERY_CHANNEL`), until it is lifted.

    Said again it has the newer reason. Raises `ValidationError` as `set_consent` does.
    """
    policy.require(actor, Action.RECORD_CONSENT)
    _hold(profile)
    row = Suppression(profile=profile, channel=channel, reason=reason, source=source, by=actor.label, at=clock.now())
    row.clean_fields()
    told = {"reason": reason, "source": source, "by": row.by, "at": row.at}
    Suppression.objects.update_or_create(profile=profile, channel=channel, defaults=told)
    _note(row, What.SUPPRESSED, reason)
    _tell(actor, "profile.suppress", profile, [channel])


@transaction.atomic
def lift_suppression(*, actor: Actor, profile: Profile, channel: str, reason: str, source: str) -> None:
    """Let a person be contacted again by what `channel` named, where they have agreed to it.

    Raises `ValidationError` if there is no such suppression, and as `set_consent` does.
    """
    policy.require(actor, Action.RECORD_CONSENT)
    _hold(profile)
    row = Suppression.objects.filter(profile=profile, channel=channel).first()
    if row is None:
        raise ValidationError({"channel": f"This person is not suppressed for '{channel}'."})
    row.delete()
    row.source, row.by, row.at = source, actor.label, clock.now()
    row.clean_fields(exclude=["profile"])
    _note(row, What.LIFTED, reason)
    _tell(actor, "profile.lift_suppression", profile, [channel])


def _hold(profile: Profile) -> None:
    """Who reads consent before sending holds the row FOR KEY SHARE: from here on they wait, or have committed."""
    if not Profile.objects.select_for_update().filter(pk=profile.pk).exists():
        raise ValidationError("This person was merged with another or erased just now.")


def _note(row: Consent | Suppression, what: What, reason: str = "") -> None:
    ConsentChange.objects.create(
        profile=row.profile, channel=row.channel, what=what, reason=reason, source=row.source, by=row.by, at=row.at
    )


def _tell(actor: Actor, action: str, profile: Profile, channels: list[str]) -> None:
    for follow in followers.of_consent:
        follow([profile.pk])
    audit.record(actor=actor, action=action, target=profile, after={"channels": channels})


@transaction.atomic
def record_consents(*, actor: Actor, source: Source, said: Sequence[tuple[int, str, str]]) -> int:
    """Record what many people have said, as a source lists it: (profile, channel, `granted` or `denied`) each, no pair
    of profile and channel twice; answers how many were recorded. Who is not there any more is passed over.

    Raises `ValidationError` for a channel or a state that there is not.
    """
    policy.require(actor, Action.RECORD_CONSENT)
    for channel, state in {(channel, state) for _, channel, state in said}:
        Consent(channel=channel, state=state).clean_fields(exclude=["profile", "source", "by", "at"])
    profiles = sorted({profile for profile, _, _ in said})
    there = {pk for (pk,) in execute(_HOLD_MANY, [profiles])}
    kept = [each for each in said if each[0] in there]
    if kept:
        execute(_MANY, [source.key, actor.label, clock.now(), *map(list, zip(*kept, strict=True))])
        for follow in followers.of_consent:
            follow(there)
    audit.record(actor=actor, action="source.consents", target=source, after={"customers": len(there)})
    return len(kept)


_HOLD_MANY = "SELECT id FROM profiles_profile WHERE id = ANY(%s) ORDER BY id FOR UPDATE"
_MANY = """
    WITH said AS MATERIALIZED (
        SELECT profile_id, channel, state, %s AS source, %s AS by, %s::timestamptz AS at
          FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS said(profile_id, channel, state)
    ), history AS (
        INSERT INTO profiles_consentchange (profile_id, channel, what, source, by, at)
        SELECT profile_id, channel, state, source, by, at FROM said
    )
    INSERT INTO profiles_consent (profile_id, channel, state, source, by, at)
    SELECT profile_id, channel, state, source, by, at FROM said ORDER BY profile_id, channel
    ON CONFLICT (profile_id, channel)
    DO UPDATE SET state = excluded.state, source = excluded.source, by = excluded.by, at = excluded.at
"""
