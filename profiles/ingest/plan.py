"""Which type every trait and property has, what of it is new in the catalogue, and the table that shows it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction

from profiles import catalogue
from profiles.ingest.columns import Reading
from profiles.ingest.evidence import OBJECT, Evidence
from profiles.ingest.naming import Namer
from profiles.ingest.options import DeclaredTypes, Options
from profiles.ingest.refusals import ImportRefusedError
from profiles.models import EventProperty, EventType, Source, TraitDefinition, TraitType, Unit

Owned = tuple[str, str]
"""(event, key of the property), or ("", key of the trait)."""


@dataclass(frozen=True, slots=True)
class Item:
    """A new trait or property, with how its type was found."""

    owner: str
    key: str
    type: str
    inferred: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import will read as what. `readings` has no entry for what is empty in the whole input."""

    unit: str | None
    readings: Mapping[Owned, Reading]
    items: tuple[Item, ...]
    new_events: tuple[str, ...]

    @property
    def asks(self) -> bool:
        """Whether somebody has to agree first: a type was inferred, or an event is new and nobody declared it."""
        return any(item.inferred for item in self.items) or bool(self.new_events)


def known_traits(unit: str) -> dict[Owned, str]:
    """The types of the traits of a unit."""
    return {("", key): kind for key, kind in TraitDefinition.objects.filter(unit=unit).values_list("key", "type")}


def known_properties() -> dict[Owned, str]:
    """The types of all properties of all events."""
    rows = EventProperty.objects.values_list("event_type__name", "key", "type")
    return {(name, key): kind for name, key, kind in rows}


def declared(types: DeclaredTypes, unit: str | None) -> dict[Owned, str]:
    """What a --types file says about the traits of a unit, or about events."""
    if unit is None:
        return {(name, key): kind for name, keys in types.events.items() for key, kind in keys.items()}
    traits = types.profile_traits if unit == Unit.PROFILE else types.company_traits
    return {("", key): kind for key, kind in traits.items()}


@dataclass(slots=True)
class Planner:
    """Finds the types for one command. `unit` is None for events."""

    unit: str | None
    options: Options
    namer: Namer
    known: Mapping[Owned, str]
    wished: Mapping[Owned, str]

    @classmethod
    def of(cls, unit: str | None, options: Options, namer: Namer) -> "Planner":
        """With the catalogue and the --types file as they are. Raises `ImportRefusedError` where they disagree."""
        known = known_properties() if unit is None else known_traits(unit)
        wished = declared(options.types, unit)
        for owned, kind in wished.items():
            if known.get(owned, kind) != kind:
                raise ImportRefusedError(
                    f"--types: {_label(owned)} is a {known[owned]} in the catalogue and keeps that type, not {kind}"
                )
        return cls(unit, options, namer, known, wished)

    @property
    def settled(self) -> frozenset[Owned]:
        """Whose type needs no looking at the values."""
        return frozenset(self.known) | frozenset(self.wished)

    def plan(self, evidence: Mapping[Owned, Evidence], events: Iterable[str] = ()) -> Plan:
        """Decide. Raises `ImportRefusedError` for names and values that the catalogue cannot take."""
        types = dict(self.wished) | dict(self.known)
        items = [Item(*owned, kind, inferred=False) for owned, kind in self.wished.items() if owned not in self.known]
        wrong: list[str] = []
        for owned, found in evidence.items():
            asked = self._asked(owned[1])
            kind = asked or found.type()
            if kind is None:
                continue
            if kind == OBJECT:
                column = self.namer.column_of(owned[1])
                wrong.append(
                    f"{_label(owned)} holds objects, which are of no type here: leave it out with --skip {column}"
                )
                continue
            items.append(Item(*owned, kind, inferred=True, note=found.note))
            types[owned] = kind
        wrong += self._wrong_names(items)
        wrong += self._wrong_options(types)
        if wrong:
            raise ImportRefusedError("\n".join(wrong))
        readings = {owned: self._reading(owned[1], kind) for owned, kind in types.items()}
        known_events = set(EventType.objects.values_list("name", flat=True)) | set(self.options.types.events)
        return Plan(self.unit, readings, tuple(items), tuple(name for name in events if name not in known_events))

    def _asked(self, key: str) -> str | None:
        column = self.namer.column_of(key)
        if column in self.options.separators:
            return TraitType.LIST.value
        return TraitType.DATETIME.value if column in self.options.date_forms else None

    def _reading(self, key: str, kind: str) -> Reading:
        column = self.namer.column_of(key)
        return Reading(
            kind, self.options.zone, self.options.separators.get(column), self.options.date_forms.get(column)
        )

    def _wrong_names(self, items: Iterable[Item]) -> list[str]:
        wrong = []
        for item in items:
            try:
                if self.unit is None:
                    catalogue.check_key(item.key, "property")
                else:
                    catalogue.check_trait_key(self.unit, item.key)
            except catalogue.CatalogueError as error:
                wrong.append(f"{error}. Leave the column out with --skip, or rename it with --map COLUMN=NAME.")
        return wrong

    def _wrong_options(self, types: Mapping[Owned, str]) -> list[str]:
        wrong = []
        for owned, kind in types.items():
            asked = self._asked(owned[1])
            if asked is not None and asked != kind:
                option = "--list" if asked == TraitType.LIST else "--date"
                wrong.append(f"{option}: {_label(owned)} is a {kind}, not a {asked}")
        return wrong


def shown(plan: Plan, source: Source | None) -> str:
    """What the import adds to the catalogue, as lines for a person."""
    lines = [f"New event: {name}" for name in plan.new_events]
    if plan.items:
        rows = [(item.owner, item.key, item.type, item.note) for item in plan.items]
        heads = ("event", "property", "type", "") if plan.unit is None else ("", f"{plan.unit} trait", "type", "")
        widths = [max(len(row[column]) for row in [heads, *rows]) for column in range(3)]
        lines.append("New in the catalogue:")
        for row in [heads, *rows]:
            cells = [row[column].ljust(widths[column]) for column in range(3) if widths[column]]
            lines.append("  " + "  ".join([*cells, row[3]]).rstrip())
    if source is not None and source._state.adding:
        lines.append(f"New source: {source.key}")
    return "\n".join(lines)


@transaction.atomic
def carry_out(plan: Plan, types: DeclaredTypes, source: Source | None) -> None:
    """Put into the catalogue what the plan and the --types file name."""
    if source is not None and source._state.adding:
        source.save()
    for unit, traits in ((Unit.PROFILE.value, types.profile_traits), (Unit.COMPANY.value, types.company_traits)):
        for key, kind in traits.items():
            _ensure_trait(unit, key, kind, source)
    owners: dict[str, EventType] = {}
    for name in (*types.events, *plan.new_events):
        owners[name] = catalogue.ensure_event_type(name=name, source=source)
    wanted = [(name, key, kind) for name, keys in types.events.items() for key, kind in keys.items()]
    for item in plan.items:
        if plan.unit is not None:
            _ensure_trait(plan.unit, item.key, item.type, source)
        else:
            wanted.append((item.owner, item.key, item.type))
    for name, key, kind in wanted:
        owner = owners.get(name) or catalogue.ensure_event_type(name=name, source=source)
        catalogue.ensure_property(event_type=owner, key=key, type=kind)


def _ensure_trait(unit: str, key: str, kind: str, source: Source | None) -> None:
    try:
        catalogue.ensure_trait(unit=unit, key=key, type=kind, source=source)
    except catalogue.CatalogueError as error:
        raise ImportRefusedError(str(error)) from error


def _label(owned: Owned) -> str:
    owner, key = owned
    return f"{owner}.{key}" if owner else key
