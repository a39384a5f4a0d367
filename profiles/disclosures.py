"""What is on record when somebody is shown customers: who, what and how many, never whom."""

from django.db import connection, transaction
from django.db.models import Model

from accounts import audit
from accounts.actors import Actor
from accounts.models import Team


@transaction.atomic
def disclose(*, actor: Actor, what: str, number: int, target: Model | None = None, team: Team | None = None) -> None:
    """Write down that something of `number` customers is shown; before it is, so that nothing is without a record.

    Showing none is not worth an entry. One written within half a second of a crash of the database may be lost.
    """
    if number:
        with connection.cursor() as cursor:  # the disk is not waited for: readings come many to the second
            cursor.execute("SET LOCAL synchronous_commit TO off")
        audit.record(actor=actor, action=f"{what}.read", target=target, team=team, after={"customers": number})
