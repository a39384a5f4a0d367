"""Tokens: made, shown once, revoked."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts import audit, policy, tokens
from accounts.actors import Actor
from accounts.models import Scope, Token, User
from accounts.policy import Action
from lib import clock

USUAL_DAYS = 90
MOST_DAYS = 366


@transaction.atomic
def create_token(
    *, actor: Actor, user: User, name: str, scopes: Collection[str], expires_at: datetime
) -> tuple[Token, str]:
    """A token with which programs act as `user`, and its secret, which nobody sees again.

    For oneself; for anybody by administrators. A token can make another only if it has the scope `admin`, and then none
    with more scopes than its own.
    """
    _require_may_make(actor, user, scopes)
    _require_end(expires_at)
    _require_scopes(scopes)
    if not user.is_active:
        raise ValidationError({"user": "This account has been switched off, so no token of it would work."})
    made = tokens.generate()
    token = Token(
        user=user,
        name=name,
        prefix=made.prefix,
        digest=made.digest,
        scopes=[scope for scope in Scope.values if scope in scopes],
        expires_at=expires_at,
    )
    token.full_clean()
    token.save()
    after = {"user": user.email, "name": name, "scopes": token.scopes, "expires_at": expires_at}
    audit.record(actor=actor, action="token.create", target=token, after=after)
    return token, made.secret


@transaction.atomic
def revoke_token(*, actor: Actor, token: Token) -> Token:
    """End a token now: one's own, or anybody's by administrators. A second time changes nothing."""
    _require_may_manage(actor, token.user_id)
    locked = Token.objects.select_for_update(of=("self",)).select_related("user").get(pk=token.pk)
    if locked.revoked_at is None:
        locked.revoked_at = clock.now()
        locked.save(update_fields=["revoked_at"])
        audit.record(actor=actor, action="token.revoke", target=locked, after={"user": locked.user.email})
    return locked


def _require_may_make(actor: Actor, user: User, scopes: Collection[str]) -> None:
    _require_may_manage(actor, user.pk)
    if actor.token is not None and (more := {*scopes} - {*actor.token.scopes}):
        raise PermissionDenied(f"This token lacks the scope {', '.join(sorted(more))}, so it can't give it to another.")


def _require_may_manage(actor: Actor, user_id: int) -> None:
    is_own = actor.user is not None and actor.user.pk == user_id
    policy.require(actor, Action.OWN_TOKENS if is_own else Action.ADMINISTER)


def _require_scopes(scopes: Collection[str]) -> None:
    if not scopes or (unknown := {*scopes} - {*Scope.values}):
        given = f"there is no scope {', '.join(sorted(unknown))}; " if scopes else ""
        raise ValidationError({"scopes": f"Name at least one scope: {given}there are {', '.join(Scope.values)}."})


def _require_end(expires_at: datetime) -> None:
    now = clock.now()
    if not now < expires_at <= now + timedelta(days=MOST_DAYS):
        raise ValidationError({"expires_at": "A token ends at a time to come, within a year."})
