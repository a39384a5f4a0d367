"""What people see of segments; pages, API and commands ask here. Workers ask `segments.runs` and `segments.references`.

Open to all staff is what was ever in force; what never was, only its team sees.
"""

from datetime import date
from typing import Any

from django.db.models import Case, Count, OuterRef, Q, QuerySet, Subquery, Value, When

from accounts import policy
from accounts.actors import Actor
from accounts.policy import Action
from segments.models import CheckFinding, Draft, Review, Run, Segment, SegmentVersion

OPEN = Q(published__isnull=False)
"""What all staff may know of."""
IN_FORCE_ONCE = (SegmentVersion.State.PUBLISHED, SegmentVersion.State.SUPERSEDED)


def segments(*, actor: Actor) -> QuerySet[Segment]:
    """The segments that the actor may know of."""
    return policy.scoped(actor, Segment.objects.all(), open_to_all=OPEN)


def versions(*, actor: Actor, segment: Segment) -> QuerySet[SegmentVersion]:
    """The versions of a segment that the actor may read, the newest first."""
    return _readable(actor, SegmentVersion.objects.filter(segment=segment))


def newest_version(*, actor: Actor, segment: Segment) -> SegmentVersion | None:
    """The newest version that the actor may read."""
    return versions(actor=actor, segment=segment).order_by("-number").first()


def with_versions(*, actor: Actor, segments: QuerySet[Segment]) -> QuerySet[Any]:
    """Adds `versions_seen`: how many versions of each segment the actor may read, None for none."""
    rows = _readable(actor, SegmentVersion.objects.filter(segment=OuterRef("pk"))).order_by().values("segment")
    return segments.annotate(versions_seen=Subquery(rows.annotate(number=Count("pk")).values("number")))


def runs(*, actor: Actor) -> QuerySet[Run]:
    """The runs of the segments that the actor may know of."""
    return policy.scoped(
        actor, Run.objects.all(), team="segment__team", open_to_all=Q(segment__published__isnull=False)
    )


def findings(*, actor: Actor, segment: Segment) -> QuerySet[CheckFinding]:
    """What the last pass of the checks has found about a segment that the actor may know of, the worst first."""
    rows = CheckFinding.objects.filter(segment=segment, is_open=True).select_related("snoozed_by")
    urgency = Case(*(When(severity=kind, then=Value(place)) for place, kind in enumerate(CheckFinding.Severity)))
    seen = policy.scoped(actor, rows, team="segment__team", open_to_all=Q(segment__published__isnull=False))
    return seen.order_by(urgency, "check_key", "subject")


def reviews(*, actor: Actor, segment: Segment) -> QuerySet[Review]:
    """What was decided about a segment that the actor may know of, the newest first."""
    rows = Review.objects.filter(segment=segment).select_related("decided_by", "into")
    return policy.scoped(actor, rows, team="segment__team", open_to_all=Q(segment__published__isnull=False))


def due_for_review(*, actor: Actor, by: date) -> QuerySet[Segment]:
    """The segments of the teams in which the actor edits whose review is due by a day, the longest overdue first."""
    teams = policy.teams(actor, Action.EDIT)
    rows = Segment.objects.filter(team__in=teams, review_on__lte=by, published__isnull=False)
    return rows.exclude(state=Segment.State.RETIRED).order_by("review_on", "key")


def proposals(*, actor: Actor) -> QuerySet[SegmentVersion]:
    """The versions that wait for the approval of this actor, the longest first."""
    rows = SegmentVersion.objects.filter(
        state=SegmentVersion.State.PROPOSED, segment__team__in=policy.teams(actor, Action.APPROVE)
    )
    own = Q(author=actor.user) | Q(proposed_by=actor.user)
    if actor.user is not None:
        rows = rows.exclude(own, segment__team__four_eyes=True)
    return rows.order_by("proposed_at")


def draft(*, actor: Actor, segment: Segment | None) -> Draft | None:
    """What the actor has kept for this segment, or for a new one; never what others have."""
    if actor.user is None or not policy.is_somebody(actor):
        return None
    return Draft.objects.filter(user=actor.user, segment=segment).first()


def _readable(actor: Actor, rows: QuerySet[SegmentVersion]) -> QuerySet[SegmentVersion]:
    return policy.scoped(actor, rows, team="segment__team", open_to_all=Q(state__in=IN_FORCE_ONCE))
