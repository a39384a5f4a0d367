"""Erasing a person: from the commit on nobody sees them, and workers remove what is left (docs/privacy.md)."""

import json

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit, policy
from accounts.actors import Actor
from accounts.policy import Action
from lib import clock, crypto
from profiles import changes, followers
from profiles.erasure import records, tombstones
from profiles.erasure.queue import ASKED
from profiles.ingest.database import execute
from profiles.models import EVERY_CHANNEL, Erasure, Profile, Suppression


@transaction.atomic
def erase(*, actor: Actor, profile: Profile) -> Erasure:
    """Write the tombstone, and take away the profile with all that Postgres alone knows of it.

    Senders that have asked about the person are waited for; whoever asks later finds nobody. Raises
    `ValidationError` if the person was merged or erased meanwhile.
    """
    policy.require(actor, Action.ERASE)
    execute("SELECT pg_advisory_xact_lock(hashtext('import'))")  # an import asks once in its transaction who was erased
    locked = Profile.objects.select_for_update().filter(pk=profile.pk).first()
    if locked is None:
        raise ValidationError("This person was merged with another or erased just now.")
    names = list(locked.identities.order_by("kind", "value").values_list("kind", "value"))
    erasure = Erasure.objects.create(
        profile=locked.pk, names=crypto.seal(json.dumps(names)), actor=actor.user, by=actor.label
    )
    tombstones.write(erasure, names)
    told = {"reason": "Erased.", "source": str(erasure), "by": actor.label, "at": clock.now()}
    Suppression.objects.update_or_create(profile=locked, channel=EVERY_CHANNEL, defaults=told)
    for follow in followers.of_consent:
        follow([locked.pk])  # who was sent to a tool is taken back, as for any suppression
    records.remove_profile(erasure, locked)
    changes.mark_profiles([locked.pk])
    audit.record(actor=actor, action="profile.erase", target=erasure, after={"profile": locked.pk})
    ASKED.ring()
    return erasure
