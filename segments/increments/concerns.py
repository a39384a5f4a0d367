"""Which segments a change concerns: what each of them depends on, itself and through those that it refers to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.conf import settings

from lib import clock
from segments.rules.catalogue import Catalogue, Unit
from segments.rules.errors import DefinitionErrors
from segments.rules.needs import LeafNeed, Reach, needs
from segments.rules.nodes import Definition
from segments.rules.parse import parse


@dataclass(frozen=True, slots=True)
class Change:
    """What has changed about some members of a unit: some traits, some events, or anything (`whole`)."""

    unit: Unit
    traits: frozenset[str]
    events: frozenset[str]
    whole: bool


@dataclass(frozen=True, slots=True)
class Concern:
    """What one segment depends on. `leaves` are those of all references too."""

    key: str
    definition: Definition
    leaves: tuple[LeafNeed, ...]

    @property
    def reaches_companies(self) -> bool:
        """Whether a change of one person or company may move others of the same company."""
        return any(leaf.reach is Reach.COMPANY for leaf in self.leaves)

    def is_touched(self, change: Change) -> bool:
        """Whether the change may move any member."""
        if change.whole:
            return change.unit is self.definition.unit or self.reaches_companies
        return any(_touches(leaf, change) for leaf in self.leaves)


def concerns(definitions: Mapping[str, Definition], catalogue: Catalogue) -> dict[str, Concern]:
    """By the key of the segment. Those whose references are no longer valid are left out: their runs say why."""
    walk = _Walk(catalogue)
    found = {}
    for key, definition in definitions.items():
        try:
            found[key] = Concern(key, definition, walk.leaves(definition))
        except DefinitionErrors:
            continue
    return found


def touched(concerned: Iterable[Concern], changes: Iterable[Change]) -> list[Concern]:
    """Those of the segments that any of the changes concerns."""
    changes = list(changes)
    return [concern for concern in concerned if any(map(concern.is_touched, changes))]


class _Walk:
    """Leaves of definitions and of all that they refer to, each worked out once."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.now = clock.now()
        self.known: dict[str, tuple[LeafNeed, ...]] = {}

    def leaves(self, definition: Definition) -> tuple[LeafNeed, ...]:
        found = needs(definition, self.catalogue, as_of=self.now, default_timezone=settings.TIME_ZONE)
        return tuple(each for leaf in found.leaves for each in self._written_out(leaf))

    def _written_out(self, leaf: LeafNeed) -> Iterable[LeafNeed]:
        """A reference as the leaves behind it, which reach at least as far as the reference does."""
        if not leaf.segments:
            return (leaf,)
        return (
            replace(behind, reach=max(behind.reach, leaf.reach)) for key in leaf.segments for behind in self._of(key)
        )

    def _of(self, key: str) -> tuple[LeafNeed, ...]:
        if key not in self.known:
            document = self.catalogue.segments[key].definition
            self.known[key] = self.leaves(parse(document, self.catalogue, default_timezone=settings.TIME_ZONE))
        return self.known[key]


def _touches(leaf: LeafNeed, change: Change) -> bool:
    traits = leaf.profile_traits if change.unit is Unit.PROFILE else leaf.company_traits
    return bool(traits & change.traits or leaf.events & change.events or (leaf.all_events and change.events))
