"""The audit log: every write of every service, in the transaction that wrote it, and every reading of personal data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Model
from django.db.transaction import TransactionManagementError

from accounts.actors import Actor
from accounts.models import AuditEntry, Team

CENSORED = "…"
NAMES = ("key", "prefix", "email", "name")
"""The field by which staff know a thing, the first that it has. Customers have none of them, and are told by id."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A value of which the log only says that it was there, or that it changed."""

    value: object


def record(
    *,
    actor: Actor,
    action: str,
    target: Model | None = None,
    team: Team | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    note: str = "",
) -> AuditEntry:
    """Add an entry. `action` is like `segment.publish`; of `before` and `after` only what differs is kept.

    Values are what JSON holds, dates and durations, and `Secret`s. Raises `TransactionManagementError` outside a
    transaction, since an entry without its write, or a write without its entry, would be a lie.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("An audit entry is written in the transaction of what it tells about.")
    return AuditEntry.objects.create(
        actor_id=actor.user.pk if actor.user else None,
        actor_label=actor.label,
        token=actor.token.prefix if actor.token else "",
        address=actor.address,
        action=action,
        target_kind=(target._meta.model_name or "") if target else "",
        target_key=_name(target) if target else "",
        target_id=target.pk if target else None,
        team_id=team.pk if team else None,
        team_key=team.key if team else "",
        before=_kept(before, after),
        after=_kept(after, before),
        note=note,
    )


def values(row: Model, names: tuple[str, ...]) -> dict[str, Any]:
    """These fields of a row for `before` and `after`; of another row it names, the name or the id."""
    found = {name: getattr(row, name) for name in names}
    return {name: _name(value) or value.pk if isinstance(value, Model) else value for name, value in found.items()}


def _name(target: Model) -> str:
    return next((str(getattr(target, name)) for name in NAMES if hasattr(target, name)), "")


def _kept(side: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The values that the other side has not, without secrets."""
    if side is None:
        return None
    changed = {key: value for key, value in side.items() if other is None or key not in other or other[key] != value}
    return {key: _shown(value) for key, value in changed.items()}


def _shown(value: Any) -> Any:
    if isinstance(value, Secret):
        return CENSORED
    if isinstance(value, Mapping):
        return {key: _shown(inner) for key, inner in value.items()}
    return value
