"""What people see of customers; pages and API ask here. It is personal data: who may not see that sees nobody."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject

from accounts import policy
from accounts.actors import Actor
from accounts.policy import Action
from profiles.models import Company, ConsentChange, Erasure, Identity, Merge, Profile, QuarantinedEvent
from profiles.standing import Standing, standings


def profiles(*, actor: Actor) -> QuerySet[Any]:
    """The people who are counted, with `external_id`, `email` and `phone`: the first of each kind, None without."""
    rows = Profile.objects.filter(lasting=True).select_related("company")
    named = rows.annotate(
        external_id=_first(Identity.Kind.EXTERNAL_ID),
        email=_first(Identity.Kind.EMAIL),
        phone=_first(Identity.Kind.PHONE),
    )
    return named if policy.allows(actor, Action.READ_PERSONAL) else named.none()


def identified(*, actor: Actor) -> QuerySet[Any]:
    """`profiles` with `identifiers`: all that each is recognised by, as ``{"kind", "value"}``, in this order."""
    found = Identity.objects.filter(profile=OuterRef("pk")).order_by("kind", "value")
    told = found.values_list(JSONObject(kind="kind", value="value"), flat=True)
    rows: QuerySet[Any] = profiles(actor=actor).annotate(identifiers=ArraySubquery(told))
    return rows


def consent_of(*, actor: Actor, profile: Profile) -> list[Standing]:
    """How a person stands with each channel. Raises `PermissionDenied`."""
    policy.require(actor, Action.READ_PERSONAL)
    return standings(profile.consents.all(), profile.suppressions.order_by("channel"))


def consent_history(*, actor: Actor, profile: Profile) -> QuerySet[ConsentChange]:
    """All that was ever written down about a person's consent, the newest first. Raises `PermissionDenied`."""
    policy.require(actor, Action.READ_PERSONAL)
    return ConsentChange.objects.filter(profile=profile)


def erasures(*, actor: Actor) -> QuerySet[Erasure]:
    """Who was erased, by number only, the newest first. Raises `PermissionDenied`."""
    policy.require(actor, Action.ERASE)
    return Erasure.objects.prefetch_related("steps")


def companies(*, actor: Actor) -> QuerySet[Any]:
    """The companies that something has described, with `people`, the number of people of each who are counted.

    One that is only named by others is nobody's.
    """
    theirs = Profile.objects.filter(company=OuterRef("pk"), lasting=True).order_by().values("company")
    people = Coalesce(Subquery(theirs.annotate(number=Count("pk")).values("number")), 0)
    rows = Company.objects.filter(known=True).annotate(people=people)
    return rows if policy.allows(actor, Action.READ_PERSONAL) else rows.none()


def quarantined(*, actor: Actor) -> QuerySet[QuarantinedEvent]:
    """Messages that wait, the newest first; they hold personal data."""
    policy.require(actor, Action.READ_PERSONAL)
    return QuarantinedEvent.objects.select_related("source")


def reasons(*, actor: Actor) -> QuerySet[QuarantinedEvent, Any]:
    """How many wait for each reason: `kind`, `number`, `newest`; the most first."""
    policy.require(actor, Action.READ_PERSONAL)
    alike = QuarantinedEvent.objects.order_by().values("kind")
    return alike.annotate(number=Count("pk"), newest=Max("received_at")).order_by("-number", "kind")


def merges(*, actor: Actor, profile: str = "") -> QuerySet[Merge]:
    """Merges, the newest first; of one profile by an external id, e-mail, phone or anonymous id that it has."""
    policy.require(actor, Action.READ_PERSONAL)
    found = Merge.objects.select_related("source")
    if not profile:
        return found
    who = Identity.objects.filter(Q(value=profile) | Q(kind=Identity.Kind.EMAIL, value=profile.lower()))
    return found.filter(stays__in=who.values("profile_id"))


def _first(kind: str) -> Subquery:
    found = Identity.objects.filter(profile=OuterRef("pk"), kind=kind).order_by("value")
    return Subquery(found.values("value")[:1])
