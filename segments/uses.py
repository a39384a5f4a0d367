"""Which traits, events and properties segments depend on: their own definitions, and through those they refer to."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.actors import Actor
from profiles.models import Unit
from profiles.uses import Name, Use
from segments import selectors
from segments.increments.concerns import concerns
from segments.models import Segment, SegmentVersion
from segments.registry import load_catalogue
from segments.rules.catalogue import Catalogue
from segments.rules.errors import DefinitionErrors
from segments.rules.needs import LeafNeed, needs
from segments.rules.nodes import Definition
from segments.rules.parse import parse


@dataclass(slots=True)
class Inputs:
    """By the key of a segment: what its definition names itself, and all that it depends on."""

    own: dict[str, frozenset[Name]] = field(default_factory=dict)
    all: dict[str, frozenset[Name]] = field(default_factory=dict)


_published: dict[str, tuple[Catalogue, Inputs]] = {}


def of_published() -> Inputs:
    """The inputs of every published definition, worked out once for as long as the catalogue stays as it is."""
    catalogue, database = load_catalogue(), str(connection.settings_dict["NAME"])
    kept = _published.get(database)
    if kept is None or kept[0] is not catalogue:
        documents = {key: entry.definition for key, entry in catalogue.segments.items() if entry.definition}
        kept = _published[database] = (catalogue, _inputs(documents, catalogue))
    return kept[1]


def tell(actor: Actor) -> dict[Name, list[Use]]:
    """For `profiles.uses`: the segments that are not retired, by what they use; drafts by their newest version."""
    rows = selectors.segments(actor=actor).exclude(state=Segment.State.RETIRED)
    told = list(rows.values_list("pk", "key", "name", "published"))
    published, drafts = of_published(), _of_drafts([pk for pk, _, _, version in told if version is None])
    found: dict[Name, list[Use]] = defaultdict(list)
    for _, key, title, _ in told:
        own = published.own.get(key, drafts.own.get(key, frozenset()))
        for name in own:
            found[name].append(Use("segment", key, title))
        for name in published.all.get(key, frozenset()) - own:
            found[name].append(Use("segment", key, title, is_indirect=True))
    return found


def _of_drafts(segments: Sequence[int]) -> Inputs:
    if not segments:
        return Inputs()
    versions = SegmentVersion.objects.filter(segment__in=segments).order_by("segment_id", "-number")
    newest = versions.distinct("segment_id").values_list("segment__key", "definition")
    return _inputs(dict(newest), load_catalogue())


def _inputs(documents: Mapping[str, object], catalogue: Catalogue) -> Inputs:
    """Definitions that no longer fit the catalogue are left out: their runs say why."""
    definitions = dict(_parsed(documents, catalogue))
    inputs, now = Inputs(), timezone.now()  # which has no part in what is named
    for key, definition in definitions.items():
        found = needs(definition, catalogue, as_of=now, default_timezone=settings.TIME_ZONE)
        inputs.own[key] = _names(found.leaves, catalogue)
    for key, concern in concerns(definitions, catalogue).items():
        inputs.all[key] = _names(concern.leaves, catalogue)
    return inputs


def _parsed(documents: Mapping[str, object], catalogue: Catalogue) -> Iterator[tuple[str, Definition]]:
    for key, document in documents.items():
        try:
            yield key, parse(document, catalogue, default_timezone=settings.TIME_ZONE, key=key)
        except DefinitionErrors:
            continue


def _names(leaves: Iterable[LeafNeed], catalogue: Catalogue) -> frozenset[Name]:
    """A condition on any event at all names none of them."""
    found: set[Name] = set()
    for leaf in leaves:
        found.update(Name(Unit.PROFILE, key) for key in leaf.profile_traits)
        found.update(Name(Unit.COMPANY, key) for key in leaf.company_traits)
        found.update(Name("event", name) for name in leaf.events if name in catalogue.events)
        found.update(Name("property", event, key) for event, key in leaf.properties)
    return frozenset(found)
