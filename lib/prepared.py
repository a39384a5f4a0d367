"""Queries that every request asks: their SQL is made once, since making it takes longer than answering it."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.db.models import QuerySet

_PLACE = "the place of the parameter"


class Prepared:
    """A queryset of `values_list` with one parameter, a text.

    `build` makes it for a parameter; it must be the same for all but for this one, and is called once.
    """

    def __init__(self, build: Callable[[str], QuerySet[Any, Any]]) -> None:
        self._build = build
        self._made: tuple[str, tuple[Any, ...]] | None = None

    def first(self, parameter: str) -> tuple[Any, ...] | None:
        """The first row, or None."""
        return next(iter(self.all(parameter)), None)

    def all(self, parameter: str) -> list[tuple[Any, ...]]:
        """All rows."""
        if self._made is None:
            self._made = self._build(_PLACE).query.sql_with_params()
        sql, parameters = self._made
        with connection.cursor() as cursor:
            cursor.execute(sql, [parameter if given == _PLACE else given for given in parameters])
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
