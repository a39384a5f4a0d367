"""``/api/v1/schema/``: the OpenAPI document."""

from functools import cache
from hashlib import sha256
from http import HTTPStatus
from typing import Any, ClassVar

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import RegistryView
from accounts.api.schema import IF_NONE_MATCH, UNCHANGED
from accounts.policy import Action
from lib.rest.etags import is_known


@cache
def document() -> dict[str, Any]:
    """The whole API, which changes with a release only."""
    generated: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return generated


@cache
def tag() -> str:
    """Its ETag."""
    return f'"{sha256(JSONRenderer().render(document())).hexdigest()[:32]}"'


class OpenApiView(RegistryView):
    actions: ClassVar = {"GET": Action.READ}

    @extend_schema(
        parameters=[IF_NONE_MATCH],
        responses={200: OpenApiTypes.OBJECT, 304: UNCHANGED},
    )
    def get(self, request: Request) -> Response:
        """Read this document, which changes with a release only."""
        headers = {"ETag": tag(), "Cache-Control": "private, no-cache"}
        if is_known(request, tag()):
            return Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
        return Response(document(), headers=headers)
