"""``profiles/{external_id}`` and their segments: what is known of one person."""

from collections import defaultdict
from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Actor
from accounts.api.base import RegistryView
from accounts.policy import Action
from profiles.api.consent_serializers import by_channel
from profiles.api.people import named
from profiles.disclosures import disclose
from profiles.models import Profile, Unit
from profiles.selectors import consent_of
from segments import selectors
from segments.api import examples
from segments.api.serializers.members import ProfileDocument, ProfileSegments
from segments.lookups import holders
from segments.models import Segment


class ProfileView(RegistryView):
    actions: ClassVar = {"GET": Action.READ_PERSONAL}

    @extend_schema(responses=ProfileDocument, examples=examples.PROFILE)
    def get(self, _request: Request, external_id: str) -> Response:
        """Read what is known of one person: traits, identifiers, company, consent, segments.

        Written to the audit log.
        """
        profile = named(external_id)
        disclose(actor=self.actor, what="profile", number=1, target=profile)
        company = profile.company if profile.company is not None and profile.company.known else None
        document = {
            "external_id": external_id,
            "traits": profile.traits,
            "identifiers": _identifiers(profile),
            "company": company.external_id if company else None,
            "consent": by_channel(consent_of(actor=self.actor, profile=profile)),
            "segments": _segments_of(self.actor, profile),
        }
        return Response(ProfileDocument(document).data)


class ProfileSegmentsView(RegistryView):
    actions: ClassVar = {"GET": Action.READ_MEMBERS}

    @extend_schema(responses=ProfileSegments, examples=examples.PROFILE_SEGMENTS)
    def get(self, _request: Request, external_id: str) -> Response:
        """Read the segments that one person is in, as of each one's last good run."""
        profile = named(external_id)
        disclose(actor=self.actor, what="profile_segments", number=1, target=profile)
        document = {"external_id": external_id, "segments": _segments_of(self.actor, profile)}
        return Response(ProfileSegments(document).data)


def _identifiers(profile: Profile) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for kind, value in profile.identities.order_by("kind", "value").values_list("kind", "value"):
        found[kind].append(value)
    return dict(found)


def _segments_of(actor: Actor, profile: Profile) -> list[str]:
    kept = selectors.segments(actor=actor).filter(
        unit=Unit.PROFILE, state__in=(Segment.State.LIVE, Segment.State.PAUSED)
    )
    keys = dict(kept.values_list("pk", "key"))
    found = holders(keys, [profile.pk])[profile.pk]
    return sorted(key for pk, key in keys.items() if found[pk])
