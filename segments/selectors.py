"""What people see of segments; pages, API and commands ask here. Workers ask `segments.runs` and `segments.references`.

Open to all staff is what was ever in force; what never was, only its team sees.
"""

from django.db.models import Q, QuerySet

from accounts import policy
from accounts.actors import Actor
from segments.models import Run, Segment, SegmentVersion

OPEN = Q(published__isnull=False)
"""What all staff may know of."""
IN_FORCE_ONCE = (SegmentVersion.State.PUBLISHED, SegmentVersion.State.SUPERSEDED)


def segments(*, actor: Actor) -> QuerySet[Segment]:
    """The segments that the actor may know of."""
    return policy.scoped(actor, Segment.objects.all(), open_to_all=OPEN)


def versions(*, actor: Actor, segment: Segment) -> QuerySet[SegmentVersion]:
    """The versions of a segment that the actor may read, the newest first."""
    rows = SegmentVersion.objects.filter(segment=segment)
    return policy.scoped(actor, rows, team="segment__team", open_to_all=Q(state__in=IN_FORCE_ONCE))


def runs(*, actor: Actor) -> QuerySet[Run]:
    """The runs of the segments that the actor may know of."""
    return policy.scoped(
        actor, Run.objects.all(), team="segment__team", open_to_all=Q(segment__published__isnull=False)
    )
