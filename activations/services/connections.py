"""Connections: the accounts of a team at outside tools."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit, policy
from accounts.actors import Actor
from accounts.models import Team
from accounts.policy import Action
from activations import connections
from activations.destinations.base import DestinationError
from activations.models import Activation, Connection
from lib import crypto


@transaction.atomic
def create_connection(*, actor: Actor, team: Team, kind: str, name: str, config: Mapping[str, str]) -> Connection:
    """Connect a tool; `config` is checked against the fields that its kind declares."""
    policy.require(actor, Action.EDIT, team)
    values, secrets = connections.stored(kind, config)
    connection = Connection(team=team, kind=kind, name=name, config=values, secrets=secrets)
    connection.full_clean()
    connection.save()
    after = {"kind": kind, **_told(connection)}
    audit.record(actor=actor, action="connection.create", target=connection, team=team, after=after)
    return connection


@transaction.atomic
def update_connection(*, actor: Actor, connection: Connection, name: str, config: Mapping[str, str]) -> Connection:
    """Change the name or the values of a connection. Its kind, its team, and secrets that `config` leaves out stay."""
    locked = _locked(actor, connection)
    values, secrets = connections.stored(locked.kind, config, locked)
    before = _told(locked)
    locked.name, locked.config, locked.secrets = name, values, secrets
    locked.full_clean()
    locked.save(update_fields=("name", "config", "secrets"))
    audit.record(
        actor=actor, action="connection.change", target=locked, team=locked.team, before=before, after=_told(locked)
    )
    connection.refresh_from_db()
    return connection


@transaction.atomic
def delete_connection(*, actor: Actor, connection: Connection) -> None:
    """Forget a connection that no activation uses."""
    locked = _locked(actor, connection)
    if Activation.objects.filter(connection=locked).exists():
        raise ValidationError("Activations send through this connection: give them another one first.", code="state")
    audit.record(actor=actor, action="connection.delete", target=locked, team=locked.team, before=_told(locked))
    locked.delete()


def test_connection(*, actor: Actor, connection: Connection) -> str:
    """Try the connection; answers what is wrong in words, '' if it works."""
    policy.require(actor, Action.EDIT, connection.team)
    wrong = _tried(connection)
    with transaction.atomic():
        audit.record(
            actor=actor, action="connection.test", target=connection, team=connection.team, after={"works": not wrong}
        )
    return wrong


def rotate_secrets(*, actor: Actor) -> dict[str, int]:
    """Encrypt all secrets with the first of the keys; answers how many connections it changed and left as they were.

    Connection by connection, so that it may be cut short and called again. Raises `CryptoError` for a missing key, and
    at the end for secrets that no key can read: those are left as they are, and the others are done.
    """
    policy.require(actor, Action.ADMINISTER)
    counts = {"changed": 0, "unchanged": 0}
    unreadable = []
    for pk in Connection.objects.exclude(secrets={}).order_by("pk").values_list("pk", flat=True):
        try:
            counts["changed" if _rotate(actor, pk) else "unchanged"] += 1
        except crypto.UnreadableError as error:
            unreadable.append(pk)
            reason = str(error)
    if unreadable:
        names = ", ".join(map(str, Connection.objects.filter(pk__in=unreadable).order_by("pk")))
        raise crypto.UnreadableError(f"{names}: {reason} {counts['changed']} others were encrypted anew.")
    return counts


@transaction.atomic
def _rotate(actor: Actor, pk: int) -> bool:
    """Whether there was anything to do."""
    locked = Connection.objects.select_for_update(of=("self",)).select_related("team").filter(pk=pk).first()
    if locked is None or all(map(crypto.is_sealed_with_first_key, locked.secrets.values())):
        return False
    locked.secrets = {key: crypto.reseal(sealed) for key, sealed in locked.secrets.items()}
    locked.save(update_fields=("secrets",))
    audit.record(actor=actor, action="connection.rotate", target=locked, team=locked.team)
    return True


def _tried(connection: Connection) -> str:
    try:
        connections.opened(connection).check()
    except (LookupError, crypto.CryptoError, DestinationError) as error:
        return str(error)
    return ""


def _locked(actor: Actor, connection: Connection) -> Connection:
    """The connection as it is, until the end of the transaction; only its team's editors come this far."""
    locked = Connection.objects.select_for_update(of=("self",)).select_related("team").get(pk=connection.pk)
    policy.require(actor, Action.EDIT, locked.team)
    return locked


def _told(connection: Connection) -> dict[str, Any]:
    """What the audit log keeps: of secrets, that they are there, and whether they changed."""
    config = {f"config.{key}": value for key, value in connection.config.items()}
    secrets = {f"config.{key}": audit.Secret(sealed) for key, sealed in connection.secrets.items()}
    return {"name": connection.name, **config, **secrets}
