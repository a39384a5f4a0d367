"""Queries that many requests ask: their SQL is made once and planned once; either takes longer than the answer."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, cast

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet

from lib.postgres.base import DatabaseWrapper

_PLACE = "the place of the parameter"


class Statement:
    """SQL with a `%s` for each parameter; each connection has the server prepare it once."""

    def __init__(self, sql: str) -> None:
        self._sql = sql

    def first(self, *parameters: Any) -> tuple[Any, ...] | None:
        """The first row, or None."""
        return next(iter(self.all(*parameters)), None)

    def all(self, *parameters: Any) -> list[tuple[Any, ...]]:
        """All rows."""
        with _cursor() as cursor:
            cursor.execute(self.sql, parameters)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    def run(self, *parameters: Any) -> None:
        """For a statement that answers nothing."""
        with _cursor() as cursor:
            cursor.execute(self.sql, parameters)

    @property
    def sql(self) -> str:
        """The text, with `%s` for each parameter and `%%` for what is none."""
        return self._sql


class Prepared(Statement):
    """A queryset of `values_list` with one parameter, a text.

    `build` makes it for a parameter; it must be the same for all but for this one, and is called once.
    """

    def __init__(self, build: Callable[[str], QuerySet[Any, Any]]) -> None:
        self._build = build

    @cached_property
    def sql(self) -> str:
        """Everything but the parameter is written into the text."""
        sql, parameters = self._build(_PLACE).query.sql_with_params()
        connection.ensure_connection()
        written: str = psycopg.ClientCursor(connection.connection).mogrify(sql, parameters)
        return written.replace("%", "%%").replace(f"'{_PLACE}'", "%s")


def _cursor() -> CursorWrapper:
    return cast("DatabaseWrapper", connection).prepared_cursor()
