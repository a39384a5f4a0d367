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
from lib.crypto import CryptoError


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


def _tried(connection: Connection) -> str:
    try:
        connections.opened(connection).check()
    except (LookupError, CryptoError, DestinationError) as error:
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
