"""Where a segment comes from and where it goes: source → trait or event → segment → segment → activation → tool."""

from typing import Any

from accounts.actors import Actor
from activations import selectors as activated
from segments import references, selectors, uses
from segments.models import Segment


def lineage(*, actor: Actor, segment: Segment) -> dict[str, Any]:
    """All that a segment in force depends on, through others too, and all that depends on it, as far as the actor may
    know of it. One without a published version has neither."""
    seen = set(selectors.segments(actor=actor).values_list("key", flat=True))
    below = [each for each in references.dependents(segment) if each.key in seen]
    reached = [segment, *below]
    rows = activated.activations(actor=actor).filter(segment__in=reached).select_related("segment", "connection")
    return {
        "segment": segment.key,
        "reads": _reads(segment),
        "names": sorted(key for key in _named(segment) if key in seen),
        "named_by": [{"segment": each.key, "through": _through(each, reached)} for each in below],
        "activations": [
            {
                "activation": row.key,
                "segment": row.segment.key,
                "destination": row.connection.kind,
                "state": row.state,
            }
            for row in rows.order_by("key")
        ],
    }


def _reads(segment: Segment) -> list[dict[str, Any]]:
    """The names of the catalogue; `own` are those that its own definition names."""
    inputs = uses.of_published()
    own = inputs.own.get(segment.key, frozenset())
    return [
        {"kind": name.kind, "name": name.name, "property": name.key or None, "own": name in own}
        for name in sorted(inputs.all.get(segment.key, frozenset()))
    ]


def _named(segment: Segment) -> set[str]:
    """The keys of all segments that its definition names, directly or through others."""
    published = dict(Segment.objects.filter(published__isnull=False).values_list("key", "published__refers_to"))
    found: set[str] = set()
    waiting = list(published.get(segment.key, []))
    while waiting:
        key = waiting.pop()
        if key not in found:
            found.add(key)
            waiting.extend(published.get(key, []))
    return found


def _through(dependent: Segment, reached: list[Segment]) -> list[str]:
    """Which of the segments on the way its own definition names."""
    named = set(dependent.published.refers_to if dependent.published else ())
    return sorted(each.key for each in reached if each.key in named)
