from profiles.models.catalogue import EventProperty, EventType, Source, TraitDefinition, TraitType, Unit
from profiles.models.customers import Company, Identity, Profile
from profiles.models.events import EventId, TailEvent

__all__ = [
    "Company",
    "EventId",
    "EventProperty",
    "EventType",
    "Identity",
    "Profile",
    "Source",
    "TailEvent",
    "TraitDefinition",
    "TraitType",
    "Unit",
]
