"""Services of the catalogue: new traits, events and properties, each with a column or table name of its own."""

import re
import unicodedata
from collections.abc import Collection, Iterable

from django.db import connection, transaction
from django.db.models import Model, QuerySet

from accounts import audit
from accounts.actors import INSTALLATION
from profiles import personal
from profiles.models import (
    EventProperty,
    EventType,
    RemovedName,
    Source,
    TraitArrival,
    TraitDefinition,
    TraitType,
    Unit,
)

LONGEST_KEY = 200
LONGEST_COLUMN = 63
RESERVED_COLUMNS = frozenset(
    {"id", "company_id", "user_id", "account_id", "timestamp", "message_id", "event", "month", "bucket"}
)
RESERVED_TABLES = frozenset({"users", "accounts", "tracks"})
IDENTIFIERS = {
    Unit.PROFILE.value: frozenset({"external_id", "email", "phone", "user_id", "anonymous_id", "company_id"}),
    Unit.COMPANY.value: frozenset({"external_id", "company_id"}),
}
COMPANY_PREFIX = "company."


class CatalogueError(ValueError):
    """The catalogue does not take this name, or has it with another type. Says which and why."""


def lock() -> None:
    """Have the catalogue alone until the end of the transaction, so that two names never get one column."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('catalogue'))")


def layout_name(key: str, taken: Collection[str]) -> str:
    """A column or table name for `key` that is not among `taken`: ``[a-z][a-z0-9_]{0,62}``, in snake case."""
    plain = unicodedata.normalize("NFKD", key.replace("ß", "ss"))
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", plain)
    plain = re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")
    if not plain:
        plain = "unnamed"
    if plain[0].isdigit():
        plain = f"n_{plain}"
    name, number = plain[:LONGEST_COLUMN], 1
    while name in taken:
        number += 1
        suffix = f"_{number}"
        name = plain[: LONGEST_COLUMN - len(suffix)] + suffix
    return name


def check_key(key: str, what: str) -> None:
    """Raises `CatalogueError` for a name that no trait, event or property may have."""
    if not key.strip():
        raise CatalogueError(f"a {what} needs a name")
    if len(key) > LONGEST_KEY:
        raise CatalogueError(f"{what} {key[:40]!r}...: a name has at most {LONGEST_KEY} characters")
    if "\0" in key or any("\ud800" <= character <= "\udfff" for character in key):
        raise CatalogueError(f"{what} {key!r}: a name is valid text without U+0000")


def check_trait_key(unit: str, key: str) -> None:
    """Raises `CatalogueError` for a name that no trait of `unit` may have."""
    check_key(key, "trait")
    if key.startswith(COMPANY_PREFIX):
        raise CatalogueError(
            f"trait {key!r}: no trait's name begins with {COMPANY_PREFIX!r}, which stands for traits of the company"
        )
    if key in IDENTIFIERS[unit]:
        raise CatalogueError(f"trait {key!r}: this is an identifier, and identifiers are no traits")


def _check_type(kind: str, what: str) -> None:
    if kind not in TraitType.values:
        raise CatalogueError(f"{what}: {kind!r} is no type; the types are {', '.join(TraitType.values)}")


@transaction.atomic
def ensure_trait(*, unit: str, key: str, type: str, source: Source | None = None) -> TraitDefinition:  # noqa: A002
    """The trait `key` of `unit`, created if it is new. Raises `CatalogueError` if it has another type."""
    check_trait_key(unit, key)
    _check_type(type, f"trait {key!r}")
    lock()
    found = TraitDefinition.objects.filter(unit=unit, key=key).first()
    if found is None:
        columns = TraitDefinition.objects.filter(unit=unit).values_list("column", flat=True)
        removed = RemovedName.objects.filter(kind=unit)
        column = _column(key, type, columns, removed, removed.filter(name=key), f"trait {key!r}")
        guess = personal.looks_personal(key, unit)
        made = TraitDefinition.objects.create(
            unit=unit, key=key, type=type, column=column, source=source, personal=guess
        )
        TraitArrival.objects.create(trait=made)
        _record("trait.create", made, {"unit": unit, "type": type})
        return made
    if found.type != type:
        raise CatalogueError(f"trait {key!r} is a {found.type} in the catalogue, not a {type}; traits keep their type")
    return found


@transaction.atomic
def ensure_event_type(*, name: str, source: Source | None = None) -> EventType:
    """The event `name`, created if it is new."""
    check_key(name, "event")
    lock()
    found = EventType.objects.filter(name=name).first()
    if found is not None:
        return found
    removed = RemovedName.objects.filter(kind="event")
    table = _taken_back(removed.filter(name=name), "", f"event {name!r}")
    if not table:
        tables = EventType.objects.values_list("table", flat=True)
        table = layout_name(name, RESERVED_TABLES.union(tables, removed.values_list("column", flat=True)))
    made = EventType.objects.create(name=name, table=table, source=source)
    _record("event.create", made, {})
    return made


@transaction.atomic
def ensure_property(*, event_type: EventType, key: str, type: str) -> EventProperty:  # noqa: A002
    """The property `key` of an event, created if it is new. Raises `CatalogueError` if it has another type."""
    check_key(key, "property")
    _check_type(type, f"property {event_type.name}.{key}")
    lock()
    found = event_type.properties.filter(key=key).first()
    if found is None:
        columns = event_type.properties.values_list("column", flat=True)
        removed = RemovedName.objects.filter(kind="property", name=event_type.name)
        column = _column(key, type, columns, removed, removed.filter(key=key), f"property {event_type.name}.{key}")
        guess = personal.looks_personal(key)
        made = event_type.properties.create(key=key, type=type, column=column, personal=guess)
        _record("property.create", made, {"event": event_type.name, "type": type})
        return made
    if found.type != type:
        raise CatalogueError(
            f"property {event_type.name}.{key} is a {found.type} in the catalogue, not a {type}; "
            "properties keep their type"
        )
    return found


def _column(
    key: str,
    kind: str,
    taken: Iterable[str],
    removed: QuerySet[RemovedName],
    before: QuerySet[RemovedName],
    what: str,
) -> str:
    """The column that the name had `before` it was removed, or a new one that neither `taken` nor `removed` have."""
    return _taken_back(before, kind, what) or layout_name(
        key, RESERVED_COLUMNS.union(taken, removed.values_list("column", flat=True))
    )


def _taken_back(before: QuerySet[RemovedName], kind: str, what: str) -> str:
    """The column of a removed name, which is removed no more; empty if it was not. Raises `CatalogueError` for another
    type than it had."""
    found = before.first()
    if found is None:
        return ""
    if found.type != kind:
        raise CatalogueError(f"{what} was a {found.type} until it was removed, not a {kind}; a name keeps its type")
    found.delete()
    return found.column


def _record(action: str, made: Model, after: dict[str, str]) -> None:
    """Data makes the catalogue, whoever sent it: the entry is the installation's."""
    audit.record(actor=INSTALLATION, action=action, target=made, after=after)
