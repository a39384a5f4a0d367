"""``segments/{key}/versions/{number}/…``: the review of a version, and its publication at a time."""

from collections.abc import Callable
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import RegistryView
from accounts.policy import Action
from lib.rest.serializers import Nothing, read_body
from segments import services
from segments.api.definitions import mistakes_of
from segments.api.serializers.segments import Publication, Reason, SegmentDocument, VersionDocument
from segments.api.views.segments import answer, segment_of
from segments.api.views.versions import version_of
from segments.rules.errors import DefinitionErrors


def _done(view: RegistryView, key: str, number: int, verb: Callable[..., Any], **given: Any) -> Response:
    """The version after one of the services of its review."""
    segment = segment_of(view.actor, key)
    try:
        verb(actor=view.actor, version=version_of(view.actor, segment, number), **given)
    except DefinitionErrors as errors:
        raise mistakes_of(errors) from errors
    return Response(VersionDocument(version_of(view.actor, segment, number)).data)


class ProposeView(RegistryView):
    actions: ClassVar = {"POST": Action.EDIT}

    @extend_schema(request=Nothing, responses=VersionDocument)
    def post(self, request: Request, key: str, number: int) -> Response:
        """Send a draft for review to the approvers of the team; any edit takes that back."""
        read_body(request, Nothing)
        return _done(self, key, number, services.propose)


class ApproveView(RegistryView):
    actions: ClassVar = {"POST": Action.APPROVE}

    @extend_schema(request=Nothing, responses=VersionDocument)
    def post(self, request: Request, key: str, number: int) -> Response:
        """Agree to a proposed version; 409 if it is no longer proposed.

        Where the team wants four eyes, not for who wrote or proposed it.
        """
        read_body(request, Nothing)
        return _done(self, key, number, services.approve)


class RejectView(RegistryView):
    actions: ClassVar = {"POST": Action.APPROVE}

    @extend_schema(request=Reason, responses=VersionDocument)
    def post(self, request: Request, key: str, number: int) -> Response:
        """Refuse a proposed or approved version for good, saying why."""
        return _done(self, key, number, services.reject, reason=read_body(request, Reason)["reason"])


class ScheduleView(RegistryView):
    actions: ClassVar = {"POST": Action.EDIT, "DELETE": Action.EDIT}

    @extend_schema(request=Publication, responses=VersionDocument)
    def post(self, request: Request, key: str, number: int) -> Response:
        """Have a version published at a time to come."""
        return _done(self, key, number, services.schedule_publication, at=read_body(request, Publication)["at"])

    @extend_schema(responses=VersionDocument)
    def delete(self, _request: Request, key: str, number: int) -> Response:
        """Take that back; 409 if there is no such time any more."""
        return _done(self, key, number, services.cancel_publication)


class OverrideView(RegistryView):
    actions: ClassVar = {"POST": Action.ADMINISTER}

    @extend_schema(request=Reason, responses=SegmentDocument)
    def post(self, request: Request, key: str, number: int) -> Response:
        """Publish without the approval that the team wants: for administrators of the installation, with a reason."""
        reason = read_body(request, Reason)["reason"]
        _done(self, key, number, services.publish_unapproved, reason=reason)
        return answer(segment_of(self.actor, key))
