"""Writes down what the care of the lake has done last, for the operations page."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
from deltalake.exceptions import DeltaError
from django.db import DatabaseError
from django.db.models.functions import Now

from profiles.models import Upkeep

FAILURES = (duckdb.Error, DeltaError, DatabaseError, OSError)


@contextmanager
def written_down(kind: Upkeep.Kind) -> Iterator[list[int]]:
    """How long the block takes, and the number that it puts into the list; or why it failed, which goes on."""
    begun, numbers = time.monotonic(), list[int]()
    try:
        yield numbers
    except FAILURES as error:
        _note(kind, failed_at=Now(), failure=f"{type(error).__name__}: the log of the worker says more")
        raise
    _note(
        kind,
        finished_at=Now(),
        milliseconds=int((time.monotonic() - begun) * 1000),
        number=sum(numbers) if numbers else None,
    )


def _note(kind: Upkeep.Kind, **told: object) -> None:
    Upkeep.objects.update_or_create(kind=kind, defaults=told)
