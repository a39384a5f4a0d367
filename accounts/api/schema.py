"""The OpenAPI document: what drf-spectacular can't read off a view that is not generic."""

import re
from collections.abc import Mapping
from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from accounts.api.base import RegistryView
from accounts.api.idempotency import Answers
from accounts.policy import RULES
from lib.problems import CONTENT_TYPE

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="1 to 255 visible ASCII characters, such as a UUID: the same request sent again is done once.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description="The ETag of what you have read: if it was changed since, nothing happens (412).",
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The ETag of what you have: 304 without a body if that is still so.",
)
UNCHANGED = OpenApiResponse(description="You have it already.")


class Mistake(serializers.Serializer[Any]):
    """One mistake in what was sent."""

    path = serializers.CharField(help_text="Where it is in what was sent, as in `rule.any[0].value`; empty: as a whole")
    code = serializers.CharField(help_text="For programs.")
    message = serializers.CharField(help_text="For people: what is wrong, and what to do.")


class ProblemDetails(serializers.Serializer[Any]):
    """Whatever goes wrong (RFC 9457)."""

    type = serializers.CharField(help_text="A short name of the kind of problem; docs/api.md lists them.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="What is wrong, and what to do.")
    errors = Mistake(many=True)  # type: ignore[assignment]  # the name is the RFC's habit, and ours


class RegistrySchema(AutoSchema):
    """Adds to each operation its problems, its scope, and the headers that `RegistryView` reads."""

    def get_operation_id(self) -> str:
        """The method and the view, which says what it is about: `get_segments`, `post_publish`."""
        about = re.sub(r"(?<!^)(?=[A-Z])", "_", type(self.view).__name__.removesuffix("View")).lower()
        return f"{self.method.lower()}_{about}"

    def get_summary(self) -> str | None:
        """The first sentence of the handler's docstring."""
        given: str = super().get_description()
        return given.split("\n\n")[0].replace("\n", " ").rstrip(".") or None

    def get_description(self) -> str:  # type: ignore[override]  # drf-spectacular's own signature
        """The rest of it, and the scope that a token needs."""
        given: str = super().get_description()
        rest = given.partition("\n\n")[2]
        return "\n\n".join(part for part in (rest, self._needs()) if part)

    def get_auth(self) -> list[dict[str, list[str]]]:
        """A token, or the session of somebody who has signed in."""
        return [{"token": []}, {"session": []}]

    def get_override_parameters(self) -> list[Any]:
        """`Idempotency-Key` where it has a meaning."""
        given = list(super().get_override_parameters())
        is_read = not isinstance(self.view, RegistryView) or self.view.answers is Answers.READ_ONLY
        return given if is_read or self.method != "POST" else [*given, IDEMPOTENCY_KEY]

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> Any:
        bodies: Mapping[str, Any] = super()._get_response_bodies(direction)
        response = OpenApiResponse(ProblemDetails, "A problem: nothing was changed.")
        problem = self._get_response_for_code(response, "4XX", media_types=[CONTENT_TYPE])  # type: ignore[no-untyped-call]
        return {**bodies, "4XX": problem}

    def _needs(self) -> str:
        if not isinstance(self.view, RegistryView):
            return ""
        action = self.view.actions[self.method]
        scopes = " or ".join(f"`{scope}`" for scope in RULES[action].scopes)
        return f"Needs the scope {scopes}: {action.value}."
