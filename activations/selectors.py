"""What people see of activations; pages, API and commands ask here. Workers ask `activations.scheduling`.

All staff see that an activation is there, where it goes and how its runs went; its mapping, its connection and its
deliveries only the team of the connection.
"""

from django.db.models import Count, F, Q, QuerySet

from accounts import policy
from accounts.actors import Actor
from accounts.policy import Action
from activations.models import Activation, Connection, Delivery, SyncRun


def activations(*, actor: Actor) -> QuerySet[Activation]:
    """The activations that the actor may know of; `shows_details` says of how much."""
    return policy.scoped(
        actor,
        Activation.objects.all(),
        team="connection__team",
        open_to_all=Q(segment__published__isnull=False),
    )


def shows_details(*, actor: Actor, activation: Activation) -> bool:
    """Whether the actor sees the mapping, the connection, the failures and the deliveries of this activation."""
    return policy.allows(actor, Action.READ_TEAM, activation.connection.team)


def connections(*, actor: Actor) -> QuerySet[Connection]:
    """The connections of the actor's teams."""
    return policy.scoped(actor, Connection.objects.all())


def sync_runs(*, actor: Actor) -> QuerySet[SyncRun]:
    """The runs of the activations that the actor may know of."""
    return policy.scoped(
        actor,
        SyncRun.objects.all(),
        team="activation__connection__team",
        open_to_all=Q(activation__segment__published__isnull=False),
    )


def latest_run(*, actor: Actor, activation: Activation) -> SyncRun | None:
    """The newest run, under way or ended."""
    return sync_runs(actor=actor).filter(activation=activation).first()


def waiting_runs(*, actor: Actor) -> QuerySet[SyncRun]:
    """The runs that wait for a person, oldest first."""
    waiting = sync_runs(actor=actor).filter(state=SyncRun.State.WAITING).order_by("pk")
    return waiting.select_related("activation__segment", "activation__connection")


def deliveries(*, actor: Actor) -> QuerySet[Delivery]:
    """What the tools of the actor's teams have. Their keys are personal data: showing those needs `READ_PERSONAL`."""
    return policy.scoped(actor, Delivery.objects.all(), team="activation__connection__team")


def delivery_counts(*, actor: Actor, activation: Activation) -> dict[str, int]:
    """How many deliveries are in each state."""
    rows = deliveries(actor=actor).filter(activation=activation).values_list("state").annotate(rows=Count("pk"))
    return dict(rows.order_by("state"))


def deliveries_of(*, actor: Actor, unit: str, member: int) -> QuerySet[Delivery]:
    """What the tools of the actor's teams have of one person or company, the latest first.

    Their keys are personal data: showing those needs `READ_PERSONAL`.
    """
    rows = deliveries(actor=actor).filter(activation__segment__unit=unit, member=member)
    told = rows.select_related("activation__segment", "activation__connection", "run")
    return told.order_by(F("delivered_at").desc(nulls_last=True), "pk")
