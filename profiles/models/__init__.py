from profiles.models.catalogue import EventProperty, EventType, RemovedName, Source, TraitDefinition, TraitType, Unit
from profiles.models.consent import EVERY_CHANNEL, Channel, Consent, ConsentChange, Suppression
from profiles.models.customers import Company, Identity, Profile
from profiles.models.described import Serves, Status
from profiles.models.erasure import ErasedIdentity, Erasure, ErasureStep
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
from profiles.models.measures import (
    EventDay,
    EventVolume,
    MeasuredTable,
    PropertyValues,
    TraitArrival,
    TraitDay,
    TraitValues,
)
from profiles.models.signals import Signal
from profiles.models.upkeep import Upkeep

__all__ = [
    "EVERY_CHANNEL",
    "Batch",
    "ChangedCompany",
    "ChangedProfile",
    "Channel",
    "Company",
    "Consent",
    "ConsentChange",
    "ErasedIdentity",
    "Erasure",
    "ErasureStep",
    "EventDay",
    "EventId",
    "EventProperty",
    "EventType",
    "EventVolume",
    "Identity",
    "IdentityClaim",
    "Import",
    "LakeTable",
    "LakeWriter",
    "MeasuredTable",
    "Merge",
    "Profile",
    "PropertyValues",
    "QuarantinedEvent",
    "ReaderLease",
    "Redirect",
    "RemovedName",
    "RetiredFile",
    "Serves",
    "SharedIdentity",
    "Signal",
    "Source",
    "Stage",
    "StagedFile",
    "Status",
    "Suppression",
    "TailEvent",
    "TraitArrival",
    "TraitDay",
    "TraitDefinition",
    "TraitType",
    "TraitValues",
    "Unit",
    "Upkeep",
]
