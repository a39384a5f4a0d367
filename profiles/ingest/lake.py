"""Keeps the overlay small while an import goes on, by copying in a thread beside it."""

from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from django.db import connections

from profiles import changes
from profiles.lake import copies

ENOUGH = changes.OVERLAY_ROWS // 2
"""Rows outside the lake that are worth a copy; there is room for as many while it is made."""


class Copier:
    """Copies changed profiles and companies into the lake, one copy at a time."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "copy")
        self._copy: Future[None] | None = None
        self._since = ENOUGH  # rows that have come since the overlay was last found to have room for a copy's worth

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def make_room(self, coming: int) -> None:
        """Wait until `coming` more rows do not make the overlay too large; have a copy made if it is worth it.

        Counting what waits is slow beside many deleted marks, so it is not counted for each portion.
        """
        self._since += coming
        if self._since <= ENOUGH:
            return
        if changes.overlay_full(coming):
            self._finish()
            if changes.overlay_full(coming):
                self._start()
                self._finish()
        elif not changes.overlay_full(ENOUGH):
            self._since = 0
        elif self._copy is None or self._copy.done():
            self._finish()
            self._start()

    def take_over(self) -> None:
        """Copy all that waits."""
        self._finish()
        self._start()
        self._finish()

    def _start(self) -> None:
        self._copy = self._pool.submit(_copy)

    def _finish(self) -> None:
        """Wait for the copy under way. Raises what stopped it."""
        copy, self._copy = self._copy, None
        if copy is not None:
            copy.result()


def _copy() -> None:
    try:
        copies.copy_changes()
    finally:
        connections.close_all()  # this thread's own
