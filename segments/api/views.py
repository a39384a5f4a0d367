"""``/api/v1/segments/preview``, ``/api/v1/segments/explain`` and ``/api/v1/rules/schema``."""

import json
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition
from pyroaring import BitMap64
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import may_see_personal_data
from lib.problems import Problem
from segments import engine
from segments.api.parsers import StrictJSONParser
from segments.api.permissions import SeesPersonalData
from segments.api.serializers import DefinitionRequest, ExplainRequest, member_of
from segments.engine import EngineError, Preview
from segments.engine.preview import SECONDS
from segments.explanations import explain
from segments.external_ids import load_external_ids
from segments.members import UnknownMemberError
from segments.registry import load_catalogue, load_labels
from segments.rules.catalogue import Catalogue, Unit
from segments.rules.errors import DefinitionErrors
from segments.rules.instants import format_instant
from segments.rules.nodes import At, Definition
from segments.rules.normalise import definition_sha256
from segments.rules.parse import parse
from segments.rules.schema import schema
from segments.rules.words import describe

UNSEEN = "Members are named only to those who may see personal data: ask an administrator."


@cache
def schema_tag() -> str:
    """The ETag of the rule language's schema, which changes with a release only."""
    return f'"{sha256(json.dumps(schema()).encode()).hexdigest()}"'


@dataclass(frozen=True, slots=True)
class Read:
    """A valid definition, and the catalogue that it was read against."""

    definition: Definition
    catalogue: Catalogue


class PreviewView(APIView):
    """How many a definition finds, in all and at every node."""

    parser_classes = (StrictJSONParser,)

    def post(self, request: Request) -> Response:
        """200 with the counts; 422 with every mistake of the definition, or if it takes too long."""
        asked = DefinitionRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        read = _read(asked.validated_data["definition"])
        try:
            found = engine.preview(
                read.definition, catalogue=read.catalogue, as_of=asked.validated_data["as_of"], seconds=SECONDS
            )
        except EngineError as error:
            raise _engine_problem(error) from error
        return Response(_counts(read.definition, found) | _sample(request, read.definition.unit, found))


class ExplainView(APIView):
    """Why one profile or company is in or out."""

    parser_classes = (StrictJSONParser,)
    permission_classes = (SeesPersonalData,)

    def post(self, request: Request) -> Response:
        """200 with the tree; 404 if nobody has that name."""
        asked = ExplainRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        read = _read(asked.validated_data["definition"])
        name, as_of = member_of(asked.validated_data, read.definition.unit), asked.validated_data["as_of"]
        try:
            answer = explain(read.definition, name, catalogue=read.catalogue, as_of=as_of, seconds=SECONDS)
        except UnknownMemberError as error:
            raise Problem(HTTPStatus.NOT_FOUND, f"unknown_{error.unit.value}", str(error)) from error
        except EngineError as error:
            raise _engine_problem(error) from error
        return Response(answer)


class SchemaView(APIView):
    """The rule language as a JSON schema."""

    @method_decorator(cache_control(private=True, no_cache=True))
    @method_decorator(condition(etag_func=lambda _request: schema_tag()))
    def get(self, _request: Request) -> Response:
        """200, or 304 for those who have it already."""
        return Response(schema())


def _read(document: object) -> Read:
    catalogue = load_catalogue()
    try:
        return Read(parse(document, catalogue, default_timezone=settings.TIME_ZONE), catalogue)
    except DefinitionErrors as errors:
        number = len(errors.errors)
        detail = f"The definition has {number} mistake{'' if number == 1 else 's'}."
        mistakes = [error.as_json() for error in errors.errors]
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_definition", detail, mistakes) from errors


def _engine_problem(error: EngineError) -> Problem:
    """The definition's own fault is 422, the lake's or ours is 5xx."""
    status = {
        "lake_unreadable": HTTPStatus.SERVICE_UNAVAILABLE,
        "query_refused": HTTPStatus.INTERNAL_SERVER_ERROR,
    }.get(error.code, HTTPStatus.UNPROCESSABLE_ENTITY)
    return Problem(status, error.code, error.message)


def _counts(definition: Definition, found: Preview) -> dict[str, Any]:
    return {
        "unit": definition.unit.value,
        "count": found.count,
        "population": found.population,
        "share": found.share,
        "nodes": dict(found.nodes),
        "words": describe(definition, load_labels()),
        "sha256": definition_sha256(definition),
        "as_of": format_instant(At(found.as_of)),
        "milliseconds": round(found.milliseconds, 1),
    }


def _sample(request: Request, unit: Unit, found: Preview) -> dict[str, Any]:
    if not may_see_personal_data(request.user):
        return {"sample": None, "sample_note": UNSEEN}
    names = load_external_ids(unit, BitMap64(found.sample)).names
    return {"sample": [name.removesuffix("\n") for name in names.to_pylist()]}
