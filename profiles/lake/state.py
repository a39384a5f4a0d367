"""One state of Postgres, whatever is committed meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def one_state() -> Iterator[None]:
    """A transaction whose statements all see the same state. It can't be part of another transaction.

    What is read is few rows by their ids. Postgres would rather read the whole table of a million profiles, which
    takes ten times as long (measured with 20,000 of them), so joins by hashing and merging are off.
    """
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute(
                "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;"
                " SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"
            )
        yield
