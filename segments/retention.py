"""Which segments look further back than events are kept: their members would be those of a shorter past."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings

from profiles.models import EventType
from segments.models import Segment
from segments.registry import load_catalogue
from segments.rules.catalogue import Catalogue
from segments.rules.errors import DefinitionErrors
from segments.rules.parse import parse
from segments.rules.sql import Unsupported
from segments.rules.sql.entry import compile_members
from segments.runs.due import live_segments


def beyond(event_type: EventType, border: datetime, now: datetime) -> list[Segment]:
    """The live segments that ask for events of this kind from before a moment, or for all there ever were."""
    catalogue = load_catalogue()
    found = []
    for segment in live_segments().select_related("published"):
        for start in _starts(segment, event_type.table, catalogue, now):
            if start is None or start < border:
                found.append(segment)
                break
    return found


def _starts(segment: Segment, table: str, catalogue: Catalogue, now: datetime) -> Iterator[datetime | None]:
    """From when on the published version reads a table; nothing if it does not, or is not valid any more."""
    if segment.published is None:
        return
    relations = {key: f"_members_{place}" for place, key in enumerate(segment.published.refers_to)}
    try:
        definition = parse(segment.published.definition, catalogue, default_timezone=settings.TIME_ZONE)
        scan = compile_members(definition, catalogue, now, relations, default_timezone=settings.TIME_ZONE).scan
    except (DefinitionErrors, Unsupported):
        return
    if table in scan.tables:
        yield scan.tables[table].start
