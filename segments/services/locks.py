"""Serialises what changes who refers to whom."""

from django.db import connection


def lock_references() -> None:
    """Wait for every other change of published references, and keep them out until this transaction ends.

    Two publications that are right each by itself could close a circle together.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('segments.references'))")
