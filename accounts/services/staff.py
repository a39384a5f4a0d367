"""Staff: accounts made, changed, switched off; their passwords and sessions."""

import secrets
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import audit, policy, sessions
from accounts.actors import Actor
from accounts.models import Session, Token, User
from accounts.policy import Action
from lib import agents, clock

FIELDS = ("email", "name", "is_active", "is_superuser", "sees_personal_data")


@transaction.atomic
def make_administrator(*, actor: Actor, email: str) -> tuple[User, str | None]:
    """The administrator with this address, and the password made for a new account.

    An account that exists becomes an administrator's and keeps its password: then the second is None.
    """
    _require_session(actor)
    policy.require(actor, Action.ADMINISTER)
    user = User.objects.select_for_update().filter(email__iexact=email).first()
    if user is None:
        password = _new_password()
        user = User(email=email, is_staff=True, is_superuser=True)
        _save_new(user, password)
        audit.record(actor=actor, action="user.create", target=user, after=audit.values(user, FIELDS))
        return user, password
    before = audit.values(user, FIELDS)
    user.is_active = user.is_staff = user.is_superuser = True
    user.save(update_fields=["is_active", "is_staff", "is_superuser"])
    audit.record(
        actor=actor, action="user.make_administrator", target=user, before=before, after=audit.values(user, FIELDS)
    )
    return user, None


@transaction.atomic
def create_user(*, actor: Actor, email: str, name: str = "", password: str | None = None) -> tuple[User, str]:
    """An account and its first password, made here if none is given, which nobody sees again.

    It belongs to no team yet. Raises `ValidationError` by field for an address that has an account.
    """
    policy.require(actor, Action.ADMINISTER)
    first = password or _new_password()
    user = User(email=User.objects.normalize_email(email), name=name)
    _save_new(user, first)
    audit.record(actor=actor, action="user.create", target=user, after=audit.values(user, FIELDS))
    return user, first


@transaction.atomic
def change_user(*, actor: Actor, user: User, email: str, name: str) -> User:
    """Change how somebody is called and signs in: oneself in a session, anybody by administrators."""
    _require_self_or_administrator(actor, user)
    locked = _locked(user)
    before = audit.values(locked, FIELDS)
    locked.email, locked.name = User.objects.normalize_email(email), name
    locked.full_clean(exclude=["password"])
    locked.save(update_fields=["email", "name"])
    audit.record(actor=actor, action="user.change", target=locked, before=before, after=audit.values(locked, FIELDS))
    return locked


@transaction.atomic
def set_personal_data_permission(*, actor: Actor, user: User, allowed: bool) -> User:
    """Let somebody see personal data, or no longer."""
    return _set(actor, user, "user.personal_data", sees_personal_data=allowed)


@transaction.atomic
def set_administrator(*, actor: Actor, user: User, administrator: bool) -> User:
    """Make somebody an administrator of the installation, or no longer; the last one stays. Not for oneself."""
    _require_session(actor)
    _refuse_oneself(actor, user, "make yourself an administrator or stop being one")
    return _set(actor, user, "user.administrator", is_superuser=administrator, is_staff=administrator)


@transaction.atomic
def deactivate_user(*, actor: Actor, user: User) -> User:
    """Switch an account off: its sessions end, its tokens are revoked. The last administrator stays."""
    _refuse_oneself(actor, user, "switch off your own account")
    changed = _set(actor, user, "user.deactivate", is_active=False)
    sessions.end_all(changed)
    Token.objects.filter(user=changed, revoked_at=None).update(revoked_at=clock.now())
    return changed


@transaction.atomic
def activate_user(*, actor: Actor, user: User) -> User:
    """Switch an account on again. Its tokens stay revoked."""
    return _set(actor, user, "user.activate", is_active=True)


@transaction.atomic
def set_password(*, actor: Actor, user: User, password: str) -> User:
    """Give an account a new password: oneself in a session, anybody by administrators.

    Every session of the account ends; the caller keeps its own by `update_session_auth_hash`.
    Raises `ValidationError` for a password that is too easy to guess.
    """
    _require_session(actor)
    _require_self_or_administrator(actor, user)
    locked = _locked(user)
    try:
        validate_password(password, locked)
    except ValidationError as error:
        raise ValidationError({"password": error.messages}) from error
    locked.set_password(password)
    locked.save(update_fields=["password"])
    sessions.end_all(locked)
    audit.record(actor=actor, action="user.set_password", target=locked)
    return locked


@transaction.atomic
def end_session(*, actor: Actor, session: Session) -> None:
    """Sign somebody out where this session is: oneself in a session, anybody by administrators."""
    _end(actor, session.user, Session.objects.filter(pk=session.pk))


@transaction.atomic
def end_other_sessions(*, actor: Actor, user: User, kept: str) -> int:
    """Sign somebody out everywhere but in the session with the key `kept`; answers how many sessions that were."""
    return _end(actor, user, Session.objects.filter(user=user).exclude(pk=kept))


def _end(actor: Actor, user: User | None, rows: QuerySet[Session]) -> int:
    _require_session(actor)
    if user is None:
        raise ValidationError("Nobody is signed in with this session.", code="state")
    _require_self_or_administrator(actor, user)
    ended = list(rows.select_for_update().order_by("pk"))
    if ended:
        rows.filter(pk__in=[session.pk for session in ended]).delete()
        devices = [agents.described(session.agent) for session in ended]
        audit.record(actor=actor, action="user.end_sessions", target=user, after={"devices": devices})
    return len(ended)


def _set(actor: Actor, user: User, action: str, **values: Any) -> User:
    """Change rights of an account, by an administrator."""
    policy.require(actor, Action.ADMINISTER)
    locked = _locked(user)
    before = audit.values(locked, FIELDS)
    for name, value in values.items():
        setattr(locked, name, value)
    locked.save(update_fields=[*values])
    _require_an_administrator()
    audit.record(actor=actor, action=action, target=locked, before=before, after=audit.values(locked, FIELDS))
    return locked


def _locked(user: User) -> User:
    """The account as it is. All that have a say in who is an administrator are locked, so that two can't both go."""
    rows = User.objects.select_for_update().filter(Q(pk=user.pk) | Q(is_superuser=True)).order_by("pk")
    return next(row for row in rows if row.pk == user.pk)


def _require_an_administrator() -> None:
    if not User.objects.filter(is_superuser=True, is_active=True).exists():
        raise ValidationError("This is the last administrator: make another one first.", code="state")


def _refuse_oneself(actor: Actor, user: User, what: str) -> None:
    if actor.user is not None and actor.user.pk == user.pk:
        raise ValidationError(f"You can't {what}: another administrator can.", code="state")


def _require_session(actor: Actor) -> None:
    """A token gives what its scopes say, and no way to more."""
    if actor.token is not None:
        raise PermissionDenied("This is done by a person who has signed in, not with a token.")


def _require_self_or_administrator(actor: Actor, user: User) -> None:
    if actor.token is None and actor.user is not None and actor.user.is_active and actor.user.pk == user.pk:
        return
    policy.require(actor, Action.ADMINISTER)


def _new_password() -> str:
    return secrets.token_urlsafe(12)


def _save_new(user: User, password: str) -> None:
    user.set_password(password)
    user.full_clean()
    user.save()
