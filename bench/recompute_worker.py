"""A worker of the engine under measurement: recomputes what stdin says, and answers with seconds.

It does what Celery's worker does, in one process: `segments.runs.work.work()` after runs were asked for. The clock
of the database is set back to the end of the world, so that windows hold what they hold in all other benches.
"""

import json
import sys
from datetime import datetime
from time import perf_counter
from typing import Any
from unittest.mock import patch

import django

django.setup()

from accounts.actors import INSTALLATION  # noqa: E402
from bench.world.sizes import AS_OF  # noqa: E402 - after the set-up
from config.boot import start_servers  # noqa: E402
from lib import clock  # noqa: E402
from segments import services  # noqa: E402
from segments.models import Run, Segment  # noqa: E402
from segments.runs.work import work  # noqa: E402


def main() -> None:
    """Answer until stdin ends."""
    start_servers()
    real = clock.now
    behind = real() - AS_OF

    def then() -> datetime:
        return real() - behind

    with patch.object(clock, "now", then):
        for line in sys.stdin:
            print(json.dumps(_answer(json.loads(line))), flush=True)


def _answer(question: str) -> dict[str, Any]:
    if question == "all":
        return _timed(list(Segment.objects.all()))
    return {key: _timed([segment])["seconds"] for segment in Segment.objects.all() if (key := segment.key)}


def _timed(segments: list[Segment]) -> dict[str, Any]:
    """One recompute of these segments, from the claim of the runs to the last stored member."""
    for segment in segments:
        services.request_recompute(segment=segment, actor=INSTALLATION)
    began = perf_counter()
    work()
    seconds = perf_counter() - began
    latest = [Run.objects.filter(segment=segment).order_by("-pk")[0] for segment in segments]
    failures = {run.segment.key: run.failure for run in latest if run.state != Run.State.SUCCEEDED}
    return {"seconds": seconds, "failures": failures}


if __name__ == "__main__":
    main()
