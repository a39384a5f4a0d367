from profiles.models.catalogue import EventProperty, EventType, Source, TraitDefinition, TraitType, Unit
from profiles.models.customers import Company, Identity, Profile
from profiles.models.events import EventId, QuarantinedEvent, TailEvent
from profiles.models.identity import IdentityClaim, Merge, Redirect, SharedIdentity
from profiles.models.imports import Import
from profiles.models.lake import (
    Batch,
    ChangedCompany,
    ChangedProfile,
    LakeTable,
    LakeWriter,
    ReaderLease,
    RetiredFile,
    Stage,
    StagedFile,
)
from profiles.models.signals import Signal

__all__ = [
    "Batch",
    "ChangedCompany",
    "ChangedProfile",
    "Company",
    "EventId",
    "EventProperty",
    "EventType",
    "Identity",
    "IdentityClaim",
    "Import",
    "LakeTable",
    "LakeWriter",
    "Merge",
    "Profile",
    "QuarantinedEvent",
    "ReaderLease",
    "Redirect",
    "RetiredFile",
    "SharedIdentity",
    "Signal",
    "Source",
    "Stage",
    "StagedFile",
    "TailEvent",
    "TraitDefinition",
    "TraitType",
    "Unit",
]
