"""``segments/preview``, ``segments/explain`` and ``rules/schema``: definitions that are nobody's yet."""

import json
from functools import cache
from hashlib import sha256
from typing import ClassVar

from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import RegistryView
from accounts.api.idempotency import Answers
from accounts.api.schema import IF_NONE_MATCH, UNCHANGED
from accounts.api.throttles import Heavy
from accounts.policy import Action
from lib.rest.serializers import read_body
from segments.api import definitions, examples
from segments.api.serializers.definitions import (
    DefinitionRequest,
    ExplainRequest,
    Explanation,
    Preview,
    member_of,
)
from segments.rules.schema import schema


@cache
def schema_tag() -> str:
    """The ETag of the rule language's schema, which changes with a release only."""
    return f'"{sha256(json.dumps(schema()).encode()).hexdigest()}"'


class PreviewDefinitionView(RegistryView):
    actions: ClassVar = {"POST": Action.READ}
    answers = Answers.READ_ONLY
    throttle_classes = (Heavy,)

    @extend_schema(request=DefinitionRequest, responses=Preview, examples=examples.PREVIEW)
    def post(self, request: Request) -> Response:
        """Count how many a definition finds, in all and at every node.

        Counting is exact and stopped after 3 seconds (422 `over_budget`). References to segments are written out.
        """
        asked = read_body(request, DefinitionRequest)
        found = definitions.read(asked["definition"], actor=self.actor)
        return Response(definitions.preview_of(found, actor=self.actor, as_of=asked["as_of"]))


class ExplainDefinitionView(RegistryView):
    actions: ClassVar = {"POST": Action.READ_PERSONAL}
    answers = Answers.READ_ONLY
    throttle_classes = (Heavy,)

    @extend_schema(request=ExplainRequest, responses=Explanation, examples=examples.EXPLAIN)
    def post(self, request: Request) -> Response:
        """Say why one profile or company is in or out of a definition."""
        asked = read_body(request, ExplainRequest)
        found = definitions.read(asked["definition"], actor=self.actor)
        name = member_of(asked, found.definition.unit)
        return Response(definitions.explanation_of(found, name, actor=self.actor, as_of=asked["as_of"]))


class RulesSchemaView(RegistryView):
    actions: ClassVar = {"GET": Action.READ}

    @extend_schema(parameters=[IF_NONE_MATCH], responses={200: OpenApiTypes.OBJECT, 304: UNCHANGED})
    @method_decorator(cache_control(private=True, no_cache=True))
    @method_decorator(condition(etag_func=lambda _request: schema_tag()))
    def get(self, _request: Request) -> Response:
        """Read the rule language as a JSON schema, with its operators and measures as tables."""
        return Response(schema())
