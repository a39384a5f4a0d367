"""Names that the catalogue does not have yet: entered with the type that their first values show."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from profiles import catalogue
from profiles.ingest.evidence import Evidence
from profiles.ingest.tracking.fields import flat
from profiles.ingest.tracking.known import Known, load
from profiles.ingest.tracking.messages import Message
from profiles.models import EventType, Source, Unit

MOST_EVENTS = 1_000
MOST_KEYS = 1_000
"""Of events, of traits of a unit, of properties of an event: more are made by a mistake of the sender, and refused."""
UNITS = {"identify": Unit.PROFILE.value, "group": Unit.COMPANY.value}


@dataclass(slots=True)
class News:
    """What is new: values by (unit, trait) or by (event, property), and events."""

    traits: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    properties: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    events: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, messages: Iterable[Message], known: Known) -> "News":
        """Collect what these messages name and the catalogue does not."""
        news = cls()
        for message in messages:
            if message.event:
                news._see_event(message, known)
            elif message.kind in UNITS:
                unit = UNITS[message.kind]
                news._see(news.traits, unit, message.values, known.traits.get(unit, {}))
        return news

    def _see_event(self, message: Message, known: Known) -> None:
        event = known.events.get(message.event)
        if event is None:
            self.events.add(message.event)
        self._see(self.properties, message.event, message.values, event.properties if event else {})

    def _see(
        self,
        found: dict[tuple[str, str], list[Any]],
        owner: str,
        values: Mapping[str, Any],
        types: Mapping[str, str],
    ) -> None:
        if types and types.keys() >= values.keys():
            return
        for key, value in flat(values):
            if value is not None and key not in types:
                found.setdefault((owner, key), []).append(value)

    def __bool__(self) -> bool:
        return bool(self.events or self.traits or self.properties)


def discover(messages: Iterable[Message], known: Known, source: Source) -> Known:
    """Enter what is new, in a transaction of its own, and answer the catalogue as it is then.

    What the catalogue cannot take (a name that none may have, or one too many) stays unknown.
    """
    news = News.of(messages, known)
    if not news:
        return known
    with transaction.atomic():
        catalogue.lock()
        _enter(news, load(), source)
    return load()


def _enter(news: News, known: Known, source: Source) -> None:
    for name in sorted(news.events - known.events.keys())[: MOST_EVENTS - len(known.events)]:
        if _is_key(name, "event"):
            catalogue.ensure_event_type(name=name, source=source)
    for (unit, key), kind in _types(news.traits, known.traits).items():
        if _is_trait(unit, key):
            with suppress(catalogue.CatalogueError):  # it was removed, and had another type
                catalogue.ensure_trait(unit=unit, key=key, type=kind, source=source)
    properties = {name: event.properties for name, event in known.events.items()}
    events = {event.name: event for event in EventType.objects.filter(name__in={name for name, _ in news.properties})}
    for (name, key), kind in _types(news.properties, properties).items():
        if name in events and _is_key(key, "property"):
            with suppress(catalogue.CatalogueError):  # as above
                catalogue.ensure_property(event_type=events[name], key=key, type=kind)


def _types(
    found: Mapping[tuple[str, str], list[Any]], known: Mapping[str, Mapping[str, str]]
) -> dict[tuple[str, str], str]:
    """The types of what is still new, as many as there is room for."""
    types: dict[tuple[str, str], str] = {}
    room = {owner: MOST_KEYS - len(known.get(owner, ())) for owner, _ in found}
    for (owner, key), values in sorted(found.items(), key=lambda item: item[0]):
        evidence = Evidence()
        evidence.add_typed(values)
        kind = evidence.type()
        if kind is not None and room[owner] > 0 and key not in known.get(owner, ()):
            types[owner, key] = kind
            room[owner] -= 1
    return types


def _is_key(key: str, what: str) -> bool:
    try:
        catalogue.check_key(key, what)
    except catalogue.CatalogueError:
        return False
    return True


def _is_trait(unit: str, key: str) -> bool:
    try:
        catalogue.check_trait_key(unit, key)
    except catalogue.CatalogueError:
        return False
    return True
