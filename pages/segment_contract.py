"""The rest of a segment's contract, as its page shows it: whom it counts, what it reads, which size it should have."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from segments.models import Segment, SegmentVersion
from segments.rules.catalogue import Unit
from segments.rules.words.labels import name_of

POPULATIONS = {
    Unit.PROFILE: gettext_lazy("People with an id, an e-mail address or a phone number"),
    Unit.COMPANY: gettext_lazy("Companies that something is known of"),
}


@dataclass(frozen=True, slots=True)
class Terms:
    """Lines for people; empty where there is nothing to say."""

    population: str
    timezone: str
    reads: str
    expected: str
    reviewed: str


def terms_of(segment: Segment, version: SegmentVersion | None) -> Terms:
    """The terms of a segment with the version that its page shows."""
    document = version.definition if version else None
    return Terms(
        population=str(POPULATIONS[Unit(segment.unit)]),
        timezone=document.get("timezone", settings.TIME_ZONE) if document else "",
        reads=", ".join(dict.fromkeys(_names(document))),
        expected=_range(segment.expected_least, segment.expected_most),
        reviewed=ngettext("Every month", "Every %(months)d months", segment.review_months)
        % {"months": segment.review_months},
    )


def _names(part: object) -> Iterator[str]:
    """What a definition names, in its order, as its document has it: reading it would take the whole catalogue."""
    if isinstance(part, list):
        for value in part:
            yield from _names(value)
    elif isinstance(part, dict):
        if isinstance(trait := part.get("trait"), str):
            yield name_of(trait, {})
        if isinstance(event := part.get("event"), str):
            yield _("any event") if event == "*" else f"“{event}”"
        if isinstance(key := part.get("segment"), str):
            yield _("the segment %(key)s") % {"key": key}
        for value in part.values():
            yield from _names(value)


def _range(least: int | None, most: int | None) -> str:
    if least is None and most is None:
        return ""
    if most is None:
        return _("at least %(least)s") % {"least": f"{least:,}"}
    if least is None:
        return _("at most %(most)s") % {"most": f"{most:,}"}
    return _("%(least)s to %(most)s members") % {"least": f"{least:,}", "most": f"{most:,}"}
