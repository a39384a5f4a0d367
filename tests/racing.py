"""Two people at once: calls that start at the same moment, each on a connection of its own."""

import threading
from collections.abc import Callable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

REFUSED = (PermissionDenied, ValidationError)


def at_once(*calls: Callable[[], object]) -> list[BaseException | None]:
    """What each call was refused with, in their order; None for what went through. Faults of ours are raised."""
    barrier = threading.Barrier(len(calls))
    refusals: list[BaseException | None] = [None] * len(calls)
    faults: list[BaseException] = []

    def run(place: int) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            calls[place]()
        except REFUSED as refused:
            refusals[place] = refused
        except BaseException as fault:  # noqa: BLE001  a thread's fault is the test's
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    if faults:
        raise faults[0]
    return refusals
