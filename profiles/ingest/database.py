"""What all imports do in Postgres: one import at a time writes, rows come by COPY, a lost race is run again."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import psycopg
from django.db import IntegrityError, OperationalError, connection, transaction

Result = TypeVar("Result")
ATTEMPTS = 5
RACES = (psycopg.errors.UniqueViolation, psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure)


def in_transaction(work: Callable[[], Result]) -> Result:
    """Run `work` in one transaction that no other import's overlaps; again if somebody else made the same row first."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
                execute("SELECT pg_advisory_xact_lock(hashtext('import'))")
                return work()
        except (IntegrityError, OperationalError, *RACES) as error:
            cause = error.__cause__ if isinstance(error, IntegrityError | OperationalError) else error
            if not isinstance(cause, RACES) or attempt == ATTEMPTS:
                raise
    raise AssertionError("the last attempt has returned or raised")


def execute(sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Run one statement; its rows, if it answers any."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall() if cursor.description else []


def copy_in(table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    """Bulk-load rows into a table."""
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def new_ids(table: str, count: int) -> list[int]:
    """Fresh ids for rows of a table, in growing order."""
    if not count:
        return []
    statement = (  # the sequence is looked up once, and the numbers come as one text: 30 times as fast as rows
        "SELECT string_agg(nextval(named.sequence)::text, ',') FROM generate_series(1, %s),"
        " (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS sequence OFFSET 0) AS named"
    )
    [[numbers]] = execute(statement, [count, table])
    return sorted(map(int, numbers.split(",")))
