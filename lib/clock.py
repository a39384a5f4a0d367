"""Time comes from the database's clock (I3): one clock for all processes of an installation."""

from datetime import datetime

from django.db import connection
from django.db.models import DateTimeField, Func


def now() -> datetime:
    """The database's time at this statement, in UTC; unlike ``now()`` in SQL it moves within a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    assert row is not None  # a SELECT without FROM has one row
    moment: datetime = row[0]
    return moment


def at_statement() -> Func:
    """The same as a column, for a page that reads a row anyway and then need not ask for the time besides."""
    return Func(function="clock_timestamp", output_field=DateTimeField())
