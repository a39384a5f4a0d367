"""All members of a segment by name, for files; on record before the first is shown."""

from collections.abc import Iterator

from accounts.actors import Actor
from profiles.disclosures import disclose
from segments import membership
from segments.external_ids import stream_names
from segments.models import Segment
from segments.rules.catalogue import Unit

COLUMN = "external_id"


def every_name(*, actor: Actor, segment: Segment) -> Iterator[str]:
    """The names of the members of the last good run, in no order worth knowing; the caller has asked the policy."""
    members = membership.load(segment.pk)
    disclose(actor=actor, what="members", number=len(members), target=segment, team=segment.team)
    return stream_names(Unit(segment.unit), members)
