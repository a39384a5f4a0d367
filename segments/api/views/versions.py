"""``segments/{key}/versions``: definitions saved as drafts, and the one in force."""

from http import HTTPStatus
from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Actor
from accounts.api.base import RegistryView
from accounts.policy import Action
from lib.problems import Problem
from lib.rest.serializers import Nothing, PageQuery, page_of, read_body, read_query
from segments import selectors, services
from segments.api import examples
from segments.api.definitions import mistakes_of
from segments.api.serializers.segments import NewVersion, SegmentDocument, VersionDocument
from segments.api.views.segments import answer, segment_of
from segments.models import Segment, SegmentVersion
from segments.rules.errors import DefinitionErrors

PEOPLE = ("author", "proposed_by", "decided_by")
"""Whom a version names."""


def version_of(actor: Actor, segment: Segment, number: int | None) -> SegmentVersion:
    """The version of this number, or the published one. 404 for one that the actor may not see."""
    if number is None:
        if segment.published is None:
            raise NotFound("No version of this segment is published: name one.")
        return segment.published
    versions = selectors.versions(actor=actor, segment=segment).select_related(*PEOPLE)
    return get_object_or_404(versions, number=number)


class VersionsView(RegistryView):
    actions: ClassVar = {"GET": Action.READ, "POST": Action.EDIT}

    @extend_schema(parameters=[PageQuery], responses=page_of(VersionDocument))
    def get(self, request: Request, key: str) -> Response:
        """List the versions of a segment, the newest first.

        Those that were never published are listed for the people of the segment's team.
        """
        read_query(request, PageQuery)
        versions = selectors.versions(actor=self.actor, segment=segment_of(self.actor, key))
        return self.page(versions.select_related(*PEOPLE), _rows, ordering="-number")

    @extend_schema(request=NewVersion, responses={201: VersionDocument}, examples=examples.NEW_VERSION)
    def post(self, request: Request, key: str) -> Response:
        """Save a definition as a draft; 422 with every mistake.

        Nothing changes for anybody before it is published. A version that was proposed or approved is a draft again.
        With `after`, 409 says who has saved a newer version than you have seen.
        """
        asked = read_body(request, NewVersion)
        try:
            made = services.save_version(actor=self.actor, segment=segment_of(self.actor, key), **asked)
        except DefinitionErrors as errors:
            raise mistakes_of(errors) from errors
        except services.NewerVersionError as error:
            raise Problem(
                HTTPStatus.CONFLICT, "newer_version", f"{error} Read it, then send your change again."
            ) from error
        place = reverse("api-version", args=[key, made.number])
        return Response(VersionDocument(made).data, HTTPStatus.CREATED, headers={"Location": place})


class VersionView(RegistryView):
    actions: ClassVar = {"GET": Action.READ}

    @extend_schema(responses=VersionDocument)
    def get(self, _request: Request, key: str, number: int) -> Response:
        """Read one version."""
        return Response(VersionDocument(version_of(self.actor, segment_of(self.actor, key), number)).data)


class PublishView(RegistryView):
    actions: ClassVar = {"POST": Action.EDIT}

    @extend_schema(request=Nothing, responses=SegmentDocument)
    def post(self, request: Request, key: str, number: int) -> Response:
        """Make a version the one in force, and have the members computed anew.

        The run is the newest one of the segment's `runs`. 400 says what the contract still lacks, 409 that the team
        wants an approval first.
        """
        read_body(request, Nothing)
        version = version_of(self.actor, segment_of(self.actor, key), number)
        try:
            services.publish(actor=self.actor, version=version)
        except DefinitionErrors as errors:
            raise mistakes_of(errors) from errors
        return answer(segment_of(self.actor, key))


def _rows(versions: Any) -> list[Any]:
    return list(VersionDocument(versions, many=True).data)
