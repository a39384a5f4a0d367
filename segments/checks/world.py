"""What checks look at: the live segments with their definitions and members, read once for all checks of a pass."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.db.models import QuerySet
from pyroaring import BitMap64

from profiles.models import Company, Profile
from segments import membership
from segments.health import with_health
from segments.models import Segment
from segments.registry import load_catalogue, load_labels
from segments.rules.catalogue import Catalogue, Unit
from segments.rules.errors import DefinitionErrors
from segments.rules.needs import Needs, needs
from segments.rules.nodes import Definition
from segments.rules.parse import parse
from segments.rules.words import Labels


@dataclass
class World:
    """`now` is the database's clock at the beginning of the pass."""

    now: datetime
    _members: dict[int, BitMap64] = field(default_factory=dict)

    @cached_property
    def live(self) -> Sequence[Segment]:
        """The live segments with what `segments.health.with_health` adds, by key."""
        rows: QuerySet[Segment] = with_health(Segment.objects.filter(state=Segment.State.LIVE, published__isnull=False))
        return list(rows.select_related("published", "team", "owner").order_by("key"))

    @cached_property
    def catalogue(self) -> Catalogue:
        """What definitions may name now."""
        return load_catalogue()

    @cached_property
    def labels(self) -> Labels:
        """What people call what definitions name."""
        return load_labels()

    @cached_property
    def definitions(self) -> Mapping[int, Definition]:
        """The published definition of each live segment; without those that no longer fit the catalogue."""
        found = {}
        for segment in self.live:
            assert segment.published is not None  # live ones have a version
            document = segment.published.definition
            try:
                found[segment.pk] = parse(
                    document, self.catalogue, default_timezone=settings.TIME_ZONE, key=segment.key
                )
            except DefinitionErrors:  # its runs say what is wrong
                continue
        return found

    def needs(self, segment: Segment) -> Needs | None:
        """The traits, events and segments that a live segment reads; None where its definition no longer fits."""
        definition = self.definitions.get(segment.pk)
        if definition is None:
            return None
        return needs(definition, self.catalogue, as_of=self.now, default_timezone=settings.TIME_ZONE)

    def members(self, segment: Segment) -> BitMap64:
        """Its members as the last good run has left them; not to be changed."""
        if segment.pk not in self._members:
            self._members[segment.pk] = membership.load(segment.pk)
        return self._members[segment.pk]

    @cached_property
    def counted(self) -> Sequence[Segment]:
        """The live segments that have had a good run."""
        return [segment for segment in self.live if getattr(segment, "good_id", None) is not None]

    @cached_property
    def populations(self) -> Mapping[str, int]:
        """How many people and companies there are, by unit."""
        return {
            Unit.PROFILE: Profile.objects.filter(lasting=True).count(),
            Unit.COMPANY: Company.objects.filter(known=True).count(),
        }
