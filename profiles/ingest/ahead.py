"""Reads on while the database works: an iterator that runs in a thread of its own, a few items ahead."""

import threading
from collections.abc import Iterator
from queue import Empty, Full, Queue
from typing import TypeVar

Item = TypeVar("Item")
DEPTH = 2
PATIENCE = 0.2


class _End:
    """The last thing in the queue, with what ended the iterator early."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def read_ahead(items: Iterator[Item]) -> Iterator[Item]:
    """The same items in the same order; an error comes out where it happened. The items may not touch the database."""
    queue: Queue[Item | _End] = Queue(DEPTH)
    stopped = threading.Event()
    worker = threading.Thread(target=_work, args=(items, queue, stopped), name="read-ahead", daemon=True)
    worker.start()
    try:
        while True:
            item = queue.get()
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return
            yield item
    finally:
        stopped.set()
        _drain(queue)
        worker.join()


def _work(items: Iterator[Item], queue: "Queue[Item | _End]", stopped: threading.Event) -> None:
    error: BaseException | None = None
    try:
        for item in items:
            _put(queue, item, stopped)
            if stopped.is_set():
                return
    except BaseException as raised:  # noqa: BLE001  # it is raised again where the items are read
        error = raised
    _put(queue, _End(error), stopped)


def _put(queue: "Queue[Item | _End]", item: "Item | _End", stopped: threading.Event) -> None:
    while not stopped.is_set():
        try:
            queue.put(item, timeout=PATIENCE)
        except Full:
            continue
        return


def _drain(queue: "Queue[Item | _End]") -> None:
    while True:
        try:
            queue.get_nowait()
        except Empty:
            return
