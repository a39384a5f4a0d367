"""The part of the membership loop in how the installation is."""

from collections.abc import Mapping
from typing import Any

from django.db import connection

_TOLD = """
    SELECT (SELECT count(*) FROM segments_run WHERE state IN ('queued', 'running')),
           (SELECT min(queued_at) FROM segments_run WHERE state IN ('queued', 'running')),
           (SELECT max(finished_at) FROM segments_run WHERE state = 'succeeded'),
           (SELECT count(*) FROM profiles_signal WHERE due_at IS NULL), last.finished_at, last.waited_ms
      FROM (SELECT 1) AS one
      LEFT JOIN (SELECT * FROM segments_microbatch ORDER BY id DESC LIMIT 1) AS last ON true
"""


def told() -> Mapping[str, Any]:
    """`runs`: those under way and the last that ended; `signals`: those that wait and the last micro-batch."""
    with connection.cursor() as cursor:
        cursor.execute(_TOLD)
        row = cursor.fetchone()
    assert row is not None  # it has one
    runs = dict(zip(("waiting", "oldest", "last_finished"), row[:3], strict=True))
    return {"runs": runs, "signals": dict(zip(("waiting", "last_finished", "waited_ms"), row[3:], strict=True))}
