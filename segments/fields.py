"""A column for JSON that must come back as people wrote it."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Expression
from psycopg.types.json import Json


class WrittenJSONField(models.JSONField):
    """JSON with its keys in the order in which they were written: PostgreSQL's `json`, since `jsonb` sorts them.

    It can be stored and read, not queried into.
    """

    def db_type(self, connection: BaseDatabaseWrapper) -> str:  # noqa: ARG002 - Django's signature
        """The type of the column."""
        return "json"

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:  # noqa: ARG002, FBT001, FBT002 - Django's signature
        """Sent as `json`: on the way through `jsonb` the order would be lost."""
        return None if value is None else Json(value)

    def from_db_value(self, value: Any, expression: Expression, connection: BaseDatabaseWrapper) -> Any:  # noqa: ARG002 - Django's signature
        """The driver has read the JSON already."""
        return value
