"""What all imports do in Postgres: one import at a time writes, rows come by COPY, a lost race is run again."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import psycopg
import pyarrow as pa
import pyarrow.csv
from django.db import IntegrityError, OperationalError, connection, transaction

Result = TypeVar("Result")
ATTEMPTS = 5
CSV = pyarrow.csv.WriteOptions(include_header=False)


class LostRaceError(Exception):
    """What the transaction has read is not so any more: it has to begin anew."""


_claim: ContextVar[Callable[[], object] | None] = ContextVar("claim", default=None)

RACES = (
    LostRaceError,
    psycopg.errors.UniqueViolation,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
)


@contextmanager
def claimed(hold: Callable[[], object]) -> Iterator[None]:
    """Have each transaction of the imports in this block begin with `hold`, which raises once the work is not ours."""
    token = _claim.set(hold)
    try:
        yield
    finally:
        _claim.reset(token)


def in_transaction(work: Callable[[], Result]) -> Result:
    """Run `work` in one transaction that no other import's overlaps; again if somebody else made the same row first."""

    def alone() -> Result:
        execute("SELECT pg_advisory_xact_lock(hashtext('import'))")
        if hold := _claim.get():
            hold()
        return work()

    return again_if_lost(alone)


def again_if_lost(work: Callable[[], Result]) -> Result:
    """Run `work` in one transaction, beside any others; again if one of them made the same row first."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
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


def copy_in(table: str, columns: dict[str, Any]) -> None:
    """Bulk-load rows into a table: name of the column → its values. Nothing of a row passes through Python."""
    rows = pa.table(columns)
    if not rows.num_rows:
        return
    text = pa.BufferOutputStream()
    pyarrow.csv.write_csv(rows, text, CSV)  # a text is quoted, so that an empty one differs from none
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN CSV") as copy:
        copy.write(memoryview(text.getvalue()))


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
