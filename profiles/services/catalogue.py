"""The catalogue and sources: described and named by people; new traits, events and properties come with the data."""

from typing import Any

from django.db import transaction
from django.db.models import Model

from accounts import audit, policy
from accounts.actors import Actor
from accounts.audit import Secret
from accounts.policy import Action
from profiles import write_keys
from profiles.models import EventProperty, EventType, Source, TraitDefinition


@transaction.atomic
def describe_trait(*, actor: Actor, trait: TraitDefinition, label: str, description: str) -> None:
    """Say what a trait is called and means. Its key, type and column stay."""
    _change(actor, "trait.describe", trait, label=label, description=description)


@transaction.atomic
def describe_event_type(*, actor: Actor, event_type: EventType, label: str, description: str) -> None:
    """Say what an event is called and means. Its name and table stay."""
    _change(actor, "event.describe", event_type, label=label, description=description)


@transaction.atomic
def describe_property(*, actor: Actor, event_property: EventProperty, label: str) -> None:
    """Say what a property is called. Its key, type and column stay."""
    _change(actor, "property.describe", event_property, label=label)


@transaction.atomic
def create_source(*, actor: Actor, key: str, name: str) -> Source:
    """Name a system that data comes from."""
    policy.require(actor, Action.ADMINISTER)
    source = Source(key=key, name=name)
    source.full_clean()
    source.save()
    audit.record(actor=actor, action="source.create", target=source, after={"key": key, "name": name})
    return source


@transaction.atomic
def change_source(*, actor: Actor, source: Source, name: str) -> None:
    """Name a source anew; its key stays."""
    _change(actor, "source.change", source, name=name)


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
