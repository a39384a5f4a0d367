"""What messages are read against: sources by their keys, and the catalogue, as the database has them at this moment."""

from collections.abc import Mapping
from dataclasses import dataclass

from lib.fingerprints import FromTables
from profiles.models import EventProperty, EventType, Source, TraitDefinition


@dataclass(frozen=True, slots=True)
class KnownEvent:
    """An event of the catalogue; `properties` is key → type."""

    id: int
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """`sources` by the digest of their write key, `traits` as unit → key → type, `events` by name."""

    sources: Mapping[str, Source]
    traits: Mapping[str, Mapping[str, str]]
    events: Mapping[str, KnownEvent]


def load() -> Known:
    """One query, and four more after a change of the catalogue."""
    return _KNOWN.get()


def _read() -> Known:
    traits: dict[str, dict[str, str]] = {}
    for unit, key, kind in TraitDefinition.objects.values_list("unit", "key", "type"):
        traits.setdefault(unit, {})[key] = kind
    properties: dict[int, dict[str, str]] = {}
    for event, key, kind in EventProperty.objects.values_list("event_type_id", "key", "type"):
        properties.setdefault(event, {})[key] = kind
    events = {name: KnownEvent(pk, properties.get(pk, {})) for pk, name in EventType.objects.values_list("pk", "name")}
    sources = {source.write_key_digest or "": source for source in Source.objects.exclude(write_key_digest=None)}
    return Known(sources, traits, events)


_KNOWN = FromTables(_read, (Source, TraitDefinition, EventType, EventProperty))
