"""Readers that look at the lake without pause while something happens to it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection

from profiles.lake.snapshot import Snapshot, read_snapshot


@dataclass
class Watch:
    """What the readers have found: how many snapshots were right, and what was wrong with the others."""

    right: int = 0
    wrong: list[str] = field(default_factory=list)


@contextmanager
def watched(check: Callable[[Snapshot], str | None], readers: int = 1) -> Iterator[Watch]:
    """Threads that open snapshots until the block is left, each at least one; `check` says what is wrong, or None."""
    watch, done = Watch(), threading.Event()
    threads = [threading.Thread(target=_read_on, args=(check, watch, done)) for _ in range(readers)]
    for thread in threads:
        thread.start()
    try:
        yield watch
    finally:
        done.set()
        for thread in threads:
            thread.join()


def _read_on(check: Callable[[Snapshot], str | None], watch: Watch, done: threading.Event) -> None:
    try:
        while True:
            found = read_snapshot(check)
            if found is None:
                watch.right += 1
            else:
                watch.wrong.append(found)
            if done.is_set():
                return
    except Exception as error:  # noqa: BLE001  it is reported by the test, in its own thread
        watch.wrong.append(repr(error))
    finally:
        connection.close()
