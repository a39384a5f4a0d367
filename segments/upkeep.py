"""How members are kept up to date: by signals, by the clock, or by counting everybody anew; and in which words."""

from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import gettext as _

from lib import ages, clock
from segments.models import Segment
from segments.registry import load_catalogue
from segments.rules.catalogue import Catalogue
from segments.rules.errors import DefinitionErrors
from segments.rules.needs import Needs, Pace, Reach, needs
from segments.rules.parse import parse

Upkeep = Segment.Upkeep


def settle(segments: Iterable[Segment]) -> None:
    """Store the upkeep that the published definitions ask for, in the transaction that publishes one of them."""
    catalogue = load_catalogue()
    for segment in segments:
        segment.upkeep = _asked_for(segment, catalogue)
        Segment.objects.filter(pk=segment.pk).update(upkeep=segment.upkeep)


def upkeep_of(found: Needs) -> Segment.Upkeep:
    """A change of one may move anybody: promise. Time alone moves members: time. Else signals."""
    if found.reach is Reach.ALL:
        return Upkeep.PROMISE
    return Upkeep.SIGNALS if found.pace is Pace.NEVER else Upkeep.TIME


def in_words(segment: Segment) -> str:
    """For people, of a segment with a published version: "Within a second of a change", or how often everybody is
    counted anew, and why."""
    if segment.published is None:
        return ""
    every = ages.every(segment.freshness)
    if segment.upkeep == Upkeep.SIGNALS:
        return _("Within a second of a change")
    if segment.upkeep == Upkeep.TIME:
        return _("Within a second of a change; what time alone moves, %(every)s") % {"every": every}
    named = Segment.objects.filter(key__in=segment.published.refers_to, upkeep=Upkeep.PROMISE)
    ranking = named.order_by("key").values_list("key", flat=True).first()
    if ranking is None:
        return _("Recomputed %(every)s, because it ranks everybody") % {"every": every}
    told = {"every": every, "key": ranking}
    return _("Recomputed %(every)s, because it refers to “%(key)s”, which ranks everybody") % told


def _asked_for(segment: Segment, catalogue: Catalogue) -> Segment.Upkeep:
    if segment.published is None:
        return Upkeep.PROMISE
    document, zone = segment.published.definition, settings.TIME_ZONE
    try:
        definition = parse(document, catalogue, default_timezone=zone, key=segment.key)
        return upkeep_of(needs(definition, catalogue, as_of=clock.now(), default_timezone=zone))
    except DefinitionErrors:
        return Upkeep.PROMISE  # its runs say what is wrong
