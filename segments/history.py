"""The size of segments over time, from their runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.db.models import Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from segments.models import Run, Segment

_SIZES = """
    SELECT segment.id, run.members
    FROM unnest(%(segments)s::bigint[]) AS wanted(id)
    JOIN segments_segment AS segment ON segment.id = wanted.id
    CROSS JOIN unnest(%(moments)s::timestamptz[]) WITH ORDINALITY AS moment(at, place)
    LEFT JOIN LATERAL (
        SELECT as_of, members FROM segments_run
        WHERE segment_id = segment.id AND state = 'succeeded' AND as_of <= moment.at
        ORDER BY as_of DESC LIMIT 1
    ) AS run ON run.as_of > moment.at - GREATEST(segment.freshness, interval '1 day') - interval '1 hour'
    ORDER BY segment.id, moment.place
"""


def sizes(segment_ids: Sequence[int], moments: Sequence[datetime]) -> dict[int, list[int | None]]:
    """The members of each segment at each moment; None where no good run was recent enough to say (a gap, not 0)."""
    if not segment_ids:
        return {}
    found: dict[int, list[int | None]] = {pk: [] for pk in segment_ids}
    with connection.cursor() as cursor:
        cursor.execute(_SIZES, {"segments": list(segment_ids), "moments": list(moments)})
        for segment_id, members in cursor.fetchall():
            found[segment_id].append(members)
    return found


def ends_of_days(days: int, now: datetime) -> list[datetime]:
    """The last moments of the `days` days up to today in the installation's timezone; today's is `now`."""
    today = timezone.localtime(now).date()
    midnights = [_midnight(today - timedelta(days=back)) for back in range(days - 2, -1, -1)]
    return [*midnights, now]


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


@dataclass(frozen=True, slots=True)
class Day:
    """One day of one segment: its size at the end (None: not known), and who came and went during it."""

    day: date
    members: int | None
    entered: int
    left: int


def days_of(segment: Segment, days: int, now: datetime) -> list[Day]:
    """The last `days` days of one segment, oldest first, today last."""
    moments = ends_of_days(days, now)
    members = sizes([segment.pk], moments)[segment.pk]
    today = timezone.localtime(now).date()
    dates = [today - timedelta(days=back) for back in range(days - 1, -1, -1)]
    flows = {
        row["day"]: (row["entered"] or 0, row["left"] or 0)
        for row in Run.objects.filter(segment=segment, state=Run.State.SUCCEEDED, as_of__gte=_midnight(dates[0]))
        .annotate(day=TruncDate("as_of"))
        .values("day")
        .order_by()
        .annotate(entered=Sum("entered"), left=Sum("left"))
    }
    return [Day(day, size, *flows.get(day, (0, 0))) for day, size in zip(dates, members, strict=True)]
