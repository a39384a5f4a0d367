"""How much is taken at once: beyond that a sender is told to come later, instead of everything becoming slow."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from django.conf import settings

from lib import doorbells
from profiles import changes
from profiles.ingest.tracking.answers import TrackingError, busy
from profiles.models import TailEvent
from profiles.tasks import flush_lake

AT_ONCE = 3
"""Requests of a process that write at the same time: its other threads are left for pages and the API."""
PATIENCE = 1.0
LOOK_EVERY = 0.2
_places = threading.BoundedSemaphore(AT_ONCE)
_counting = threading.Lock()
_taken: dict[int, tuple[int, int]] = {}
_looked: dict[str, float] = {"at": 0.0}


@contextmanager
def place() -> Iterator[None]:
    """One of the few places to write from. Raises `TrackingError` if none becomes free in a moment."""
    if not _places.acquire(timeout=PATIENCE):
        raise busy("the registry has as much to do as it can; send this again", 1)
    try:
        yield
    finally:
        _places.release()


def count(source: int) -> None:
    """One more request of a source in this second. Raises `TrackingError` for one too many."""
    second = int(time.monotonic())
    with _counting:
        at, number = _taken.get(source, (second, 0))
        number = number + 1 if at == second else 1
        _taken[source] = (second, number)
    if number > settings.TRACKING_RATE:
        raise TrackingError(HTTPStatus.TOO_MANY_REQUESTS, "max requests limit reached", retry_after=1)


def check_room() -> None:
    """Raises `TrackingError` while as many events wait outside the lake as evaluations can bear."""
    now = time.monotonic()
    if now - _looked["at"] < LOOK_EVERY:
        return
    waiting = TailEvent.objects.order_by()
    most = changes.OVERLAY_ROWS
    if waiting[most : most + 1].exists():
        doorbells.ring(flush_lake)
        raise busy("too many events wait for the lake; send this again", 1)
    if waiting[most // 4 : most // 4 + 1].exists():
        doorbells.ring(flush_lake)
    _looked["at"] = now
