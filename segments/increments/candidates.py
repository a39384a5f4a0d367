"""The segments that signals keep up to date, with what they depend on, remembered between micro-batches."""

from dataclasses import dataclass

from django.conf import settings

from segments.increments.concerns import Concern, concerns
from segments.models import Segment
from segments.registry import load_catalogue
from segments.rules.catalogue import Catalogue
from segments.rules.errors import DefinitionErrors
from segments.rules.nodes import Definition
from segments.rules.parse import parse
from segments.runs.due import live_segments


@dataclass(frozen=True, slots=True)
class Candidate:
    """A live segment, the version whose definition `concern` is of, and the keys that the definition names."""

    segment_id: int
    version_id: int
    concern: Concern
    refers_to: frozenset[str]


@dataclass(frozen=True, slots=True)
class Candidates:
    """All of them at one moment, and the catalogue that they are read against."""

    catalogue: Catalogue
    versions: frozenset[int]
    found: tuple[Candidate, ...]


_last: Candidates | None = None


def load() -> Candidates:
    """As the database has them now: two queries, and more after one was published."""
    global _last
    catalogue = load_catalogue()
    kept = live_segments().exclude(upkeep=Segment.Upkeep.PROMISE)
    versions = frozenset(pk for pk in kept.values_list("published", flat=True) if pk is not None)
    if _last is None or _last.catalogue is not catalogue or _last.versions != versions:
        _last = Candidates(catalogue, versions, _read(list(kept.select_related("published")), catalogue))
    return _last


def _read(segments: list[Segment], catalogue: Catalogue) -> tuple[Candidate, ...]:
    parsed: dict[str, Definition] = {}
    for segment in segments:
        assert segment.published is not None
        try:
            document, zone = segment.published.definition, settings.TIME_ZONE
            parsed[segment.key] = parse(document, catalogue, default_timezone=zone, key=segment.key)
        except DefinitionErrors:
            continue  # its own runs say what is wrong
    depends = concerns(parsed, catalogue)
    return tuple(
        Candidate(segment.pk, segment.published.pk, depends[segment.key], frozenset(segment.published.refers_to))
        for segment in segments
        if segment.key in depends and segment.published is not None
    )
