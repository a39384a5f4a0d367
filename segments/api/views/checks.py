"""``segments/{key}/checks``: what the last pass of the checks has found, and putting it off."""

from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Actor
from accounts.api.base import RegistryView
from accounts.policy import Action
from lib.rest.serializers import PageQuery, page_of, read_body, read_query
from segments import selectors, services
from segments.api.serializers.checks import FindingDocument, Snooze
from segments.api.views.segments import segment_of
from segments.models import CheckFinding


class ChecksView(RegistryView):
    actions: ClassVar = {"GET": Action.READ}

    @extend_schema(parameters=[PageQuery], responses=page_of(FindingDocument))
    def get(self, request: Request, key: str) -> Response:
        """List what checks have found about a segment, snoozed ones too; they look at live segments once an hour."""
        read_query(request, PageQuery)
        rows = selectors.findings(actor=self.actor, segment=segment_of(self.actor, key))
        return self.page(rows, _rows, ordering="id")


class SnoozeView(RegistryView):
    actions: ClassVar = {"POST": Action.EDIT, "DELETE": Action.EDIT}

    @extend_schema(request=Snooze, responses=FindingDocument)
    def post(self, request: Request, key: str, number: int) -> Response:
        """Say nothing of a finding until a time to come; the segment's health does not count it meanwhile."""
        asked = read_body(request, Snooze)
        done = services.snooze_finding(actor=self.actor, finding=_finding(self.actor, key, number), **asked)
        return Response(FindingDocument(done).data)

    @extend_schema(responses=FindingDocument)
    def delete(self, _request: Request, key: str, number: int) -> Response:
        """Tell of it again at once."""
        done = services.wake_finding(actor=self.actor, finding=_finding(self.actor, key, number))
        return Response(FindingDocument(done).data)


def _finding(actor: Actor, key: str, number: int) -> CheckFinding:
    rows = selectors.findings(actor=actor, segment=segment_of(actor, key)).select_related("segment__team")
    return get_object_or_404(rows, pk=number)


def _rows(findings: Any) -> list[Any]:
    return list(FindingDocument(findings, many=True).data)
