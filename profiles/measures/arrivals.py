"""Notes when data brings values of traits: the freshness of a trait, which stored values do not tell."""

import time
from collections.abc import Iterable
from functools import partial

from django.db import connection, transaction

EVERY = 60.0
"""Seconds for which a process does not write the same note again."""

_NOTE = """
    UPDATE profiles_traitarrival SET at = now() WHERE trait_id IN (
        SELECT a.trait_id FROM profiles_traitarrival a JOIN profiles_traitdefinition t ON t.id = a.trait_id
         WHERE t.unit = %s AND t.key = ANY(%s) ORDER BY a.trait_id FOR UPDATE OF a SKIP LOCKED)
"""
_noted: dict[tuple[str, str, str], float] = {}


def note(unit: str, keys: Iterable[str]) -> None:
    """The current transaction has brought values of these traits of a unit.

    It waits for nobody: a note that another transaction is writing at the same moment is left to that one.
    """
    database, now = str(connection.settings_dict["NAME"]), time.monotonic()
    due = sorted(key for key in set(keys) if now - _noted.get((database, unit, key), -EVERY) >= EVERY)
    if not due:
        return
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, [unit, due])
    transaction.on_commit(partial(_remember, database, unit, due, now))


def _remember(database: str, unit: str, keys: Iterable[str], now: float) -> None:
    _noted.update(((database, unit, key), now) for key in keys)
