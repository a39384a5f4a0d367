"""Pages of members: behind an id, of one run, so that recomputing meanwhile neither repeats nor skips anybody."""

from dataclasses import dataclass
from itertools import islice

from django.core import signing
from django.core.signing import BadSignature
from pyroaring import BitMap64
from rest_framework.exceptions import ValidationError

from segments import membership
from segments.models import Run, Segment
from segments.runs.due import good_runs

SALT = "segments.api.paging"
USUAL = 100


@dataclass(frozen=True, slots=True)
class Place:
    """A run, and the last member before the page."""

    run: int
    after: int

    def written(self) -> str:
        """As a cursor; signed, so that only ours come back."""
        return signing.dumps([self.run, self.after], salt=SALT)


def read_place(cursor: str) -> Place:
    """The place of a cursor. Raises `ValidationError` for one that is not ours."""
    try:
        run, after = signing.loads(cursor, salt=SALT)
    except BadSignature as error:
        message = "This is no cursor of ours: follow `next` of an answer."
        raise ValidationError({"cursor": [message]}, "bad_cursor") from error
    return Place(run, after)


@dataclass(frozen=True, slots=True)
class Stored:
    """The members that a run has left; without a run the segment was never counted."""

    run: Run | None
    members: BitMap64


def stored(segment: Segment, run_id: int | None = None) -> Stored:
    """The members of the last good run, or of an earlier one. Raises `ValidationError` for another segment's."""
    if run_id is None:
        run = good_runs().filter(segment=segment).first()
        return Stored(run, membership.at_run(run) if run else BitMap64())
    run = good_runs().filter(segment=segment, pk=run_id).first()
    if run is None:
        raise ValidationError({"cursor": ["This cursor is of another segment."]}, "bad_cursor")
    return Stored(run, membership.at_run(run))


def behind(members: BitMap64, after: int, limit: int) -> tuple[list[int], bool]:
    """Up to `limit` ids greater than `after`, and whether there are more."""
    found = list(islice(members.iter_equal_or_larger(after + 1), limit + 1))
    return found[:limit], len(found) > limit
