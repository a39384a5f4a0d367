"""Who names whom: the references between published definitions, for services and workers."""

from django.db.models import QuerySet

from segments.models import Segment


def referrers(key: str) -> QuerySet[Segment]:
    """Segments, not retired, whose published version names this one."""
    segments = Segment.objects.exclude(state=Segment.State.RETIRED).select_related("published")
    return segments.filter(published__refers_to__contains=[key])


def dependents(segment: Segment) -> list[Segment]:
    """All segments that name this one in their published version, directly or through others."""
    found: dict[str, Segment] = {}
    waiting = [segment.key]
    while waiting:
        for referrer in referrers(waiting.pop()):
            if referrer.key not in found and referrer.key != segment.key:
                found[referrer.key] = referrer
                waiting.append(referrer.key)
    return list(found.values())
