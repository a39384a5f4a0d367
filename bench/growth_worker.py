"""One registry under measurement: how long counting everybody takes, and how long a hundred changes.

As for `recompute_worker`, the clock is set back to the end of the world.
"""

import json
import os
import random
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time
from unittest.mock import patch
from uuid import uuid4

from bench import home
from bench.world import SIZES
from bench.world.sizes import AS_OF

CHANGES = 100


def main() -> None:
    """Answer until stdin ends."""
    registry_home = Path(os.environ["REGISTRY_HOME"])
    folder = registry_home.parent
    place = home.Place(SIZES[folder.name], folder, registry_home.name.removeprefix("registry-"))
    home.enter(place)
    from bench import registry  # noqa: PLC0415 - only after the set-up
    from lib import clock  # noqa: PLC0415 - likewise

    registry.load(place)
    real = clock.now
    behind = real() - AS_OF

    def then() -> datetime:
        return real() - behind

    with patch.object(clock, "now", then):
        for line in sys.stdin:
            print(json.dumps(_answer(json.loads(line), place.size.profiles)), flush=True)


def _answer(question: str, profiles: int) -> tuple[float, float]:
    return _recompute() if question == "recompute" else _increment(profiles)


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of wall and of CPU."""
    wall, cpu = perf_counter(), process_time()
    work()
    return perf_counter() - wall, process_time() - cpu


def _recompute() -> tuple[float, float]:
    from segments.models import Segment  # noqa: PLC0415 - only after the set-up
    from segments.runs import queue  # noqa: PLC0415 - likewise
    from segments.runs.work import work  # noqa: PLC0415 - likewise

    queue.ask(list(Segment.objects.values_list("pk", flat=True)), "manual")
    return _timed(work)


def _increment(profiles: int) -> tuple[float, float]:
    """The same changes whatever the size: an event of each of so many people, of all kinds."""
    from profiles.models import EventType, Signal, TailEvent  # noqa: PLC0415 - only after the set-up
    from segments.increments.work import work  # noqa: PLC0415 - likewise
    from segments.models import Run  # noqa: PLC0415 - likewise

    if not Run.objects.exists():
        _recompute()
    Signal.objects.all().delete()
    chance = random.Random()
    kinds = list(EventType.objects.order_by("pk"))
    TailEvent.objects.bulk_create(
        TailEvent(
            event_type=kinds[number % len(kinds)],
            profile_id=chance.randint(1, profiles),
            timestamp=AS_OF - timedelta(minutes=number),
            message_id=str(uuid4()),
        )
        for number in range(CHANGES)
    )
    return _timed(work)


if __name__ == "__main__":
    main()
