"""The catalogue and sources: described and named by people; new traits, events and properties come with the data."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model

from accounts import audit, policy
from accounts.actors import INSTALLATION, Actor
from accounts.audit import Secret
from accounts.policy import Action
from profiles import catalogue, uses, write_keys
from profiles.models import EventProperty, EventType, RemovedName, Source, Status, TailEvent, TraitDefinition
from profiles.uses import Entry, Name

_WORDS: Mapping[type[Model], str] = {TraitDefinition: "trait", EventType: "event", EventProperty: "property"}


class Said(TypedDict, total=False):
    """What may be said of an event; what is left out stays as it is."""

    label: str
    description: str
    serves: str
    source: Source | None


class SaidOfProperty(TypedDict, total=False):
    """What may be said of a property, whose source is its event's. `synonyms` is value → other words for it."""

    label: str
    description: str
    serves: str
    personal: bool
    measured_in: str
    synonyms: Mapping[str, Sequence[str]]


class SaidOfSource(TypedDict, total=False):
    """What may be said of a source. `promise` None: nothing is promised, and nothing of it is stale."""

    name: str
    promise: timedelta | None


class SaidOfTrait(SaidOfProperty, total=False):
    """What may be said of a trait."""

    source: Source | None


MOST_DAYS = 36_500


@transaction.atomic
def describe_trait(*, actor: Actor, trait: TraitDefinition, **said: Unpack[SaidOfTrait]) -> None:
    """Name, describe and classify a trait, which is new or hidden no more. Its key, type and column stay."""
    _change(actor, "trait.describe", trait, status=Status.ACCEPTED, **said)


@transaction.atomic
def describe_event_type(*, actor: Actor, event_type: EventType, **said: Unpack[Said]) -> None:
    """Name, describe and classify an event, which is new or hidden no more. Its name and table stay."""
    _change(actor, "event.describe", event_type, status=Status.ACCEPTED, **said)


@transaction.atomic
def keep_events(*, actor: Actor, event_type: EventType, days: int | None) -> None:
    """Say how many days events of a kind are kept; None: for ever. Older ones go within minutes, and do not come back.

    What is gone stays gone where more days are kept than before. Raises `ValidationError` for no days at all.
    """
    policy.require(actor, Action.ADMINISTER)
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise ValidationError({"days": f"Events are kept for 1 to {MOST_DAYS:,} days, or for ever."})
    _change(actor, "event.keep", event_type, retention_days=days)


@transaction.atomic
def describe_property(*, actor: Actor, event_property: EventProperty, **said: Unpack[SaidOfProperty]) -> None:
    """Name, describe and classify a property, which is new or hidden no more. Its key, type and column stay."""
    _change(actor, "property.describe", event_property, status=Status.ACCEPTED, **said)


@transaction.atomic
def hide_entry(*, actor: Actor, entry: Entry) -> None:
    """Offer a trait, event or property to nobody who writes a rule; rules that name it stay as they are."""
    _change(actor, f"{_WORDS[type(entry)]}.hide", entry, status=Status.HIDDEN)


@transaction.atomic
def remove_entry(*, actor: Actor, entry: Entry) -> None:
    """Take a trait, an event with its properties, or a property out of the catalogue.

    Stored values stay where they are, and are shown to nobody; a name that data brings again comes back as new, with
    the type that it had. Raises `ValidationError` while something uses it, or while events of it still come.
    """
    policy.require(actor, Action.ADMINISTER)
    catalogue.lock()
    locked = type(entry)._default_manager.select_for_update().filter(pk=entry.pk).first()
    if locked is None:
        raise ValidationError("The catalogue has lost it already.")
    _require_unused(locked)
    names: list[Entry] = [*locked.properties.all(), locked] if isinstance(locked, EventType) else [locked]
    RemovedName.objects.bulk_create(map(_removed, names))
    audit.record(actor=actor, action=f"{_WORDS[type(entry)]}.remove", target=locked, before=_told(locked))
    locked.delete()


def _require_unused(entry: Entry) -> None:
    named = {Name.of(entry)}
    if isinstance(entry, EventType):
        named.update(map(Name.of, entry.properties.select_related("event_type")))
        if TailEvent.objects.filter(event_type=entry).exists():
            raise ValidationError("Events of it came just now. Stop what sends them, then remove it; or hide it.")
    found = {use for name, using in uses.load(INSTALLATION).items() if name in named for use in using}
    if found:
        raise ValidationError(f"It is used by {', '.join(map(str, sorted(found)))}. Change these first, or hide it.")


def _removed(entry: Entry) -> RemovedName:
    name = Name.of(entry)
    if isinstance(entry, EventType):
        return RemovedName(kind=name.kind, name=name.name, column=entry.table)
    return RemovedName(kind=name.kind, name=name.name, key=name.key, type=entry.type, column=entry.column)


def _told(entry: Entry) -> dict[str, Any]:
    return audit.values(entry, ("label", "description", "serves", "status"))


@transaction.atomic
def create_source(*, actor: Actor, key: str, name: str, promise: timedelta | None = None) -> Source:
    """Name a system that data comes from; `promise` says how often at the least."""
    policy.require(actor, Action.ADMINISTER)
    source = Source(key=key, name=name, promise=promise)
    source.full_clean()
    source.save()
    told = {"key": key, "name": name} | ({"promise": promise} if promise else {})
    audit.record(actor=actor, action="source.create", target=source, after=told)
    return source


@transaction.atomic
def change_source(*, actor: Actor, source: Source, **said: Unpack[SaidOfSource]) -> None:
    """Name a source anew, or say how often it sends; its key stays."""
    _change(actor, "source.change", source, **said)


@transaction.atomic
def issue_write_key(*, actor: Actor, source: Source) -> str:
    """A new key with which a program sends as this source; nobody sees it again, and an earlier one is void."""
    policy.require(actor, Action.ADMINISTER)
    locked = Source.objects.select_for_update().get(pk=source.pk)
    key, before = write_keys.generate(), locked.write_key_digest
    locked.write_key_digest = write_keys.digest_of(key)
    locked.save(update_fields=["write_key_digest"])
    audit.record(
        actor=actor,
        action="source.issue_write_key",
        target=locked,
        before={"write_key": before and Secret(before)},
        after={"write_key": Secret(locked.write_key_digest)},
    )
    return key


@transaction.atomic
def enable_source(*, actor: Actor, source: Source) -> None:
    """Take again what is sent with the source's write key."""
    _change(actor, "source.enable", source, enabled=True)


@transaction.atomic
def disable_source(*, actor: Actor, source: Source) -> None:
    """Refuse what is sent with the source's write key, from the next request on."""
    _change(actor, "source.disable", source, enabled=False)


def _change(actor: Actor, action: str, row: Model, **values: Any) -> None:
    policy.require(actor, Action.ADMINISTER)
    locked = type(row)._default_manager.select_for_update().get(pk=row.pk)
    before = audit.values(locked, (*values,))
    for name, value in values.items():
        setattr(locked, name, value)
        setattr(row, name, value)
    locked.full_clean()
    locked.save(update_fields=[*values])
    audit.record(actor=actor, action=action, target=locked, before=before, after=audit.values(locked, (*values,)))
