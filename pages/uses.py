"""What segments are used by: the activations that send them out, and how the last sync went."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import formats
from django.utils.translation import gettext as _

from accounts import policy
from accounts.actors import Actor
from activations import selectors
from activations.models import Activation, SyncRun
from lib import ages
from segments.models import Segment


def with_uses(segments: QuerySet[Any]) -> QuerySet[Any]:
    """Adds `activations`, the number of activations of each segment."""
    counted = Activation.objects.filter(segment=OuterRef("pk")).order_by().values("segment").annotate(n=Count("pk"))
    annotated: QuerySet[Any] = segments.annotate(activations=Coalesce(Subquery(counted.values("n")), Value(0)))
    return annotated


def referrals() -> Counter[str]:
    """How many published definitions, of segments that are not retired, name each segment; in one query."""
    naming = Segment.objects.exclude(state=Segment.State.RETIRED).filter(published__refers_to__len__gt=0)
    return Counter(chain.from_iterable(naming.values_list("published__refers_to", flat=True)))


@dataclass(frozen=True, slots=True)
class Reach:
    """The members of a segment, and those of them who are in the audience."""

    members: int
    audience: int

    @property
    def percent(self) -> int:
        return round(100 * self.audience / self.members) if self.members else 0


@dataclass(frozen=True, slots=True)
class Use:
    """One activation of a segment: where it goes, its rhythm in words, and its latest sync run, if it had any.

    `is_ours`: somebody of the connection's team looks, who sees its name and what went wrong.
    """

    activation: Activation
    rhythm: str
    latest: SyncRun | None
    is_ours: bool

    @property
    def place(self) -> str:
        """The connection for its team; for others the kind of tool."""
        connection = self.activation.connection
        return connection.name if self.is_ours else connection.kind

    @property
    def failure(self) -> str:
        """What went wrong last, for those who can mend it."""
        if not self.is_ours:
            return ""
        if self.activation.state == Activation.State.STOPPED:
            return self.activation.stopped_because
        return self.latest.failure if self.latest else ""

    @property
    def reach(self) -> Reach | None:
        """How many of the members the latest sync run was for; None where it did not get so far."""
        steps = self.latest.funnel if self.latest else []
        return Reach(steps[0]["left"], steps[-1]["left"]) if steps else None

    @property
    def is_failing(self) -> bool:
        """Whether somebody must look: the activation was stopped, or its latest sync run failed."""
        failed = self.latest is not None and self.latest.state == SyncRun.State.FAILED
        return failed or self.activation.state == Activation.State.STOPPED


def uses_of(segment: Segment, actor: Actor) -> list[Use]:
    """The activations of a segment that the actor may know of, by name, in three queries."""
    activations = list(selectors.activations(actor=actor).filter(segment=segment).select_related("connection"))
    latest, ours = latest_runs(activations), set(policy.visible_teams(actor).values_list("pk", flat=True))
    return [
        Use(activation, rhythm(activation), latest.get(activation.pk), activation.connection.team_id in ours)
        for activation in activations
    ]


def latest_runs(activations: Sequence[Activation]) -> dict[int, SyncRun]:
    """The newest sync run of each activation that has one."""
    runs = SyncRun.objects.filter(activation__in=activations).order_by("activation_id", "-id").distinct("activation_id")
    return {run.activation_id: run for run in runs}


def rhythm(activation: Activation) -> str:
    """When it is sent: "every hour", "daily at 06:00 (Europe/London)", "only by hand"."""
    if activation.schedule == Activation.ScheduleKind.DAILY and activation.daily_at:
        at = {"time": formats.time_format(activation.daily_at, "H:i"), "zone": activation.timezone}
        return _("daily at %(time)s (%(zone)s)") % at
    if activation.schedule == Activation.ScheduleKind.CHANGE:
        return _("at once when members come or go")
    if activation.schedule == Activation.ScheduleKind.INTERVAL and activation.interval:
        return ages.every(activation.interval)
    return _("only by hand")


@dataclass(frozen=True, slots=True)
class Input:
    """A trait, an event or a property that a segment reads, and in words what it is."""

    name: str
    what: str


def input_of(read: Mapping[str, Any]) -> Input:
    """One of the `reads` of `activations.lineage`."""
    if read["property"]:
        what = _("property of “%(event)s”") % {"event": read["name"]}
    else:
        what = {"event": _("event"), "company": _("trait of companies")}.get(read["kind"], _("trait of people"))
    if not read["own"]:
        what = _("%(what)s, through a segment that it names") % {"what": what}
    return Input(read["property"] or read["name"], what)
