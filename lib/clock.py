"""Time comes from the database's clock (I3): one clock for all processes of an installation."""

from datetime import datetime

from django.db import connection


def now() -> datetime:
    """The database's time at this statement, in UTC; unlike ``now()`` in SQL it moves within a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    assert row is not None  # a SELECT without FROM has one row
    moment: datetime = row[0]
    return moment
