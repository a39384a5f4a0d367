"""What requests hold and answers say: unknown keys refused, lists as pages."""

import json
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any

from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.request import Request

from lib.problems import WHOLE


class Strict(serializers.Serializer[Any]):
    """A request; a key that has no meaning is refused, since most often it is a misspelt one."""

    def to_internal_value(self, data: Any) -> Any:
        """Raises `ValidationError` for unknown keys before it looks at the others."""
        unknown = [key for key in data if key not in self.fields] if isinstance(data, Mapping) else []
        if unknown:
            known = f"this takes {', '.join(self.fields)} only" if self.fields else "this takes none"
            message = f"Unknown key {json.dumps(str(unknown[0])[:100], ensure_ascii=False)}: {known}."
            raise serializers.ValidationError({WHOLE: [message]}, "unknown_key")
        return super().to_internal_value(data)


class Nothing(Strict):
    """The body of a request that says all by its address: none, or an empty object."""


def read_body(request: Request, shape: type[Strict], *, partial: bool = False) -> dict[str, Any]:
    """The checked body. Raises `ValidationError` with the paths of all mistakes."""
    asked = shape(data=request.data, partial=partial)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


def read_query(request: Request, shape: type[Strict]) -> dict[str, Any]:
    """The checked query of the address. Raises `ValidationError`, for names without meaning too."""
    asked = shape(data=request.query_params.dict())
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


class PageQuery(Strict):
    """The query of a list that has no filters."""

    cursor = serializers.CharField(required=False, help_text="From `next` or `previous` of an answer.")
    limit = serializers.IntegerField(required=False, min_value=1, max_value=1000, help_text="Rows of a page; 100.")


class SecondsField(serializers.IntegerField):
    """A duration as whole seconds."""

    def run_validation(self, data: Any = empty) -> Any:
        """The duration, once the number is within its limits: those that are too large for a duration too."""
        number = super().run_validation(data)
        return timedelta(seconds=number) if isinstance(number, int) else number

    def to_representation(self, value: Any) -> int:
        """What is less than a second is cut off."""
        return int(value.total_seconds())


@cache
def page_of(row: type[serializers.Serializer[Any]]) -> type[serializers.Serializer[Any]]:
    """The shape of a page of these rows, as `lib.rest.pages.CursorPages` answers it."""
    parts = {
        "next": serializers.URLField(allow_null=True, help_text="The following page; null on the last one."),
        "previous": serializers.URLField(allow_null=True),
        "results": row(many=True),
        "__doc__": "One page of a list.",
        "__module__": row.__module__,
    }
    return type(f"{row.__name__}Page", (serializers.Serializer,), parts)
