"""What is on record when somebody is shown customers: who, what and how many, never whom."""

from django.db.models import Model

from accounts import audit
from accounts.actors import Actor
from accounts.models import Team


def disclose(*, actor: Actor, what: str, number: int, target: Model | None = None, team: Team | None = None) -> None:
    """Write down that something of `number` customers is shown; before it is, so that nothing is without a record.

    Showing none is not worth an entry.
    """
    if number:
        audit.record_reading(actor=actor, action=f"{what}.read", target=target, team=team, number=number)
