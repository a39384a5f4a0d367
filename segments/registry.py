"""The catalogue that definitions are read against, as the database has it at this moment."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from accounts.actors import Actor
from lib.fingerprints import FromTables
from profiles.models import EventProperty, EventType, TraitDefinition
from profiles.models import Unit as CountedUnit
from segments import selectors
from segments.models import Segment, SegmentVersion
from segments.rules import catalogue as rules
from segments.rules.words import Labels

USABLE = (Segment.State.LIVE, Segment.State.PAUSED)
"""Only segments in these states may be referred to (RULES 3.14)."""


def load_catalogue() -> rules.Catalogue:
    """Every trait, event, property and segment that a definition may name: one query, and more after a change."""
    return _CATALOGUE.get()


def _read_catalogue() -> rules.Catalogue:
    traits: dict[str, dict[str, rules.Field]] = {unit: {} for unit in CountedUnit}
    for trait in TraitDefinition.objects.all():
        traits[trait.unit][trait.key] = _field(trait)
    return rules.Catalogue(
        profile_traits=traits[CountedUnit.PROFILE],
        company_traits=traits[CountedUnit.COMPANY],
        events=_events(EventType.objects.all(), EventProperty.objects.all()),
        segments=_segments(Segment.objects.select_related("published")),
    )


def load_seen_catalogue(actor: Actor) -> rules.Catalogue:
    """`load_catalogue` without the segments that this actor may not know of, so that no error message names one."""
    found, seen = load_catalogue(), set(selectors.segments(actor=actor).values_list("key", flat=True))
    return replace(found, segments={key: entry for key, entry in found.segments.items() if key in seen})


def _field(row: TraitDefinition | EventProperty) -> rules.Field:
    return rules.Field(row.key, rules.Type(row.type), row.column, row.personal)


def _events(types: Iterable[EventType], properties: Iterable[EventProperty]) -> dict[str, rules.EventType]:
    fields: dict[int, dict[str, rules.Field]] = defaultdict(dict)
    for row in properties:
        fields[row.event_type_id][row.key] = _field(row)
    return {event.name: rules.EventType(event.name, event.table, fields[event.pk]) for event in types}


def _segments(segments: Iterable[Segment]) -> dict[str, rules.SegmentEntry]:
    return {
        segment.key: rules.SegmentEntry(
            key=segment.key,
            unit=rules.Unit(segment.unit),
            definition=segment.published.definition if segment.published else None,
            usable=segment.state in USABLE,
        )
        for segment in segments
    }


_PUBLISHED = "id IN (SELECT published_id FROM segments_segment)"
_CATALOGUE = FromTables(
    _read_catalogue,
    (TraitDefinition, EventType, EventProperty, Segment, SegmentVersion),
    {SegmentVersion: _PUBLISHED},
)


def load_labels() -> Labels:
    """The names that people have given to traits, events, properties and segments: four queries.

    A property has one label in sentences; where events differ, that of the first event by name is taken.
    """
    traits: dict[str, dict[str, str]] = {unit: {} for unit in CountedUnit}
    for unit, key, label in TraitDefinition.objects.exclude(label="").values_list("unit", "key", "label"):
        traits[unit][key] = label
    named = EventProperty.objects.exclude(label="").order_by("-event_type__name")
    return Labels(
        profile_traits=traits[CountedUnit.PROFILE],
        company_traits=traits[CountedUnit.COMPANY],
        events=dict(EventType.objects.exclude(label="").values_list("name", "label")),
        properties=dict(named.values_list("key", "label")),
        segments=dict(Segment.objects.values_list("key", "name")),
    )
