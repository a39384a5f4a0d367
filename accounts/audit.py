"""The audit log: every write of every service, in the transaction that wrote it, and every reading of personal data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Model
from django.db.transaction import TransactionManagementError

from accounts.actors import Actor
from accounts.models import AuditEntry, Team
from lib.prepared import Statement

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
    entry = _entry(actor, action, target, team, _kept(before, after), _kept(after, before), note)
    entry.save()
    return entry


def record_reading(*, actor: Actor, action: str, target: Model | None, team: Team | None, number: int) -> None:
    """Add an entry that something of so many customers is about to be shown.

    One statement, and its commit does not wait for the disk: readings come many to the second. An entry written within
    half a second of a crash of the database may be lost.
    """
    entry = _entry(actor, action, target, team, None, {"customers": number}, "")
    values = [field.get_db_prep_save(getattr(entry, field.attname), connection) for field in _TOLD]
    _READING.run(*values)


def _entry(
    actor: Actor,
    action: str,
    target: Model | None,
    team: Team | None,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    note: str,
) -> AuditEntry:
    return AuditEntry(
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
        before=before,
        after=after,
        note=note,
    )


_TOLD = [field for field in AuditEntry._meta.concrete_fields if field.attname not in ("id", "at", "note")]
_NO_WAIT = "left(set_config('synchronous_commit', 'off', true), 0)"
"""An empty note, asked for its effect on the commit of the statement."""
_COLUMNS = ", ".join(str(field.column) for field in _TOLD)
_PLACES = ", ".join(["%s"] * len(_TOLD))
_READING = Statement(f"INSERT INTO accounts_auditentry ({_COLUMNS}, note) VALUES ({_PLACES}, {_NO_WAIT})")  # noqa: S608


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
