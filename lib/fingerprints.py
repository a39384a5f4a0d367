"""Values in memory that are made from whole small tables, and read again only after one of those has changed."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from django.db import connection
from django.db.models import Model

_Value = TypeVar("_Value")


class FromTables(Generic[_Value]):
    """What `read` makes of these tables, as this transaction sees them; remembered by their fingerprint.

    `rows` limits a table to rows that matter, as a condition in SQL. The value is shared: nobody may change it.
    """

    def __init__(
        self, read: Callable[[], _Value], models: Sequence[type[Model]], rows: dict[type[Model], str] | None = None
    ) -> None:
        self.read = read
        self.models = models
        self.rows = rows or {}
        self._remembered: dict[str, tuple[str, _Value]] = {}

    def get(self) -> _Value:
        """One query, and those of `read` after a change."""
        database = str(connection.settings_dict["NAME"])
        now = self._fingerprint()
        remembered = self._remembered.get(database)
        if remembered is not None and remembered[0] == now:
            return remembered[1]
        while True:
            value, before = self.read(), now
            now = self._fingerprint()
            if now == before:
                self._remembered[database] = (now, value)
                return value

    def _fingerprint(self) -> str:
        """Each row's place and the transaction that wrote it: no two versions of a row share both."""
        parts = ", ".join(
            f"coalesce((SELECT string_agg(ctid::text || xmin::text, ' ' ORDER BY ctid)"  # noqa: S608  our own names
            f" FROM {connection.ops.quote_name(model._meta.db_table)} WHERE {self.rows.get(model, 'TRUE')}), '')"
            for model in self.models
        )
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT concat_ws('|', {parts})")
            row = cursor.fetchone()
        assert row is not None  # a SELECT without FROM has one row
        return str(row[0])
