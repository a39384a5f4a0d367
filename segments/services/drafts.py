"""What somebody is still writing, kept so that a closed browser loses nothing.

A draft is seen by the person who writes it and by nobody else, and nothing follows from it: so it is no entry in the
audit log, unlike everything that changes what others see.
"""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts import policy
from accounts.actors import Actor
from accounts.models import User
from accounts.policy import Action
from segments.models import Draft, Segment

MOST_CHARACTERS = 1024 * 1024


@transaction.atomic
def keep_draft(*, actor: Actor, segment: Segment | None, fields: Mapping[str, str]) -> Draft:
    """Keep the fields of the actor's form for this segment, or for a new one; those kept before are replaced.

    Raises `ValidationError` for more than a million characters.
    """
    user = _writer(actor, segment)
    if sum(map(len, fields.values())) > MOST_CHARACTERS:
        raise ValidationError(f"A draft has at most {MOST_CHARACTERS:,} characters.", code="limit")
    return Draft.objects.update_or_create(user=user, segment=segment, defaults={"fields": dict(fields)})[0]


@transaction.atomic
def drop_draft(*, actor: Actor, segment: Segment | None) -> None:
    """Forget what the actor has kept for this segment, or for a new one."""
    Draft.objects.filter(user=_writer(actor, segment), segment=segment).delete()


def _writer(actor: Actor, segment: Segment | None) -> User:
    if segment is not None:
        policy.require(actor, Action.EDIT, segment.team)
    elif not policy.teams(actor, Action.EDIT).exists():
        raise PermissionDenied("This needs the role editor or higher in a team.")
    if actor.user is None:
        raise PermissionDenied("Only people keep drafts.")
    return actor.user
