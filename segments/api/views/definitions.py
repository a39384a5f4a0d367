"""``segments/{key}/preview``, ``explain`` and ``sql``: what a version of a segment means."""

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import RegistryView
from accounts.api.idempotency import Answers
from accounts.api.throttles import Heavy
from accounts.policy import Action
from lib import clock
from lib.rest.serializers import read_body, read_query
from segments.api import definitions, examples
from segments.api.serializers.definitions import (
    ExplainVersionRequest,
    Explanation,
    Preview,
    VersionRequest,
    member_of,
)
from segments.api.serializers.members import SqlDocument, SqlQuery
from segments.api.views.segments import segment_of
from segments.api.views.versions import version_of
from segments.rules.sql.dialects import PROVEN


class PreviewVersionView(RegistryView):
    actions: ClassVar = {"POST": Action.READ}
    answers = Answers.READ_ONLY
    throttle_classes = (Heavy,)

    @extend_schema(request=VersionRequest, responses=Preview)
    def post(self, request: Request, key: str) -> Response:
        """Count how many a version finds, in all and at every node."""
        asked = read_body(request, VersionRequest)
        segment = segment_of(self.actor, key)
        found = definitions.read_version(segment, version_of(self.actor, segment, asked["version"]), actor=self.actor)
        return Response(definitions.preview_of(found, actor=self.actor, as_of=asked["as_of"]))


class ExplainVersionView(RegistryView):
    actions: ClassVar = {"POST": Action.READ_PERSONAL}
    answers = Answers.READ_ONLY
    throttle_classes = (Heavy,)

    @extend_schema(request=ExplainVersionRequest, responses=Explanation)
    def post(self, request: Request, key: str) -> Response:
        """Say why one profile or company is in or out of a version."""
        asked = read_body(request, ExplainVersionRequest)
        segment = segment_of(self.actor, key)
        found = definitions.read_version(segment, version_of(self.actor, segment, asked["version"]), actor=self.actor)
        name = member_of(asked, found.definition.unit)
        return Response(definitions.explanation_of(found, name, actor=self.actor, as_of=asked["as_of"]))


class SqlView(RegistryView):
    actions: ClassVar = {"GET": Action.READ}

    @extend_schema(parameters=[SqlQuery], responses=SqlDocument, examples=examples.SQL)
    def get(self, request: Request, key: str) -> Response:
        """Read a version as SQL of a dialect, over the warehouse layout, with the instants written in."""
        asked = read_query(request, SqlQuery)
        segment = segment_of(self.actor, key)
        version = version_of(self.actor, segment, asked["version"])
        dialect, as_of = asked["dialect"], asked["as_of"] or clock.now()
        text = definitions.sql_of(definitions.read_version(segment, version, actor=self.actor), dialect, as_of)
        shown = {"dialect": dialect, "proven": dialect in PROVEN, "version": version.number, "as_of": as_of}
        return Response(SqlDocument(shown | {"sql": text}).data)
