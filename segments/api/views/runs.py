"""``segments/{key}/history``, ``runs``, ``recompute``, and ``runs/{id}``: what a segment counted and when."""

from dataclasses import asdict
from http import HTTPStatus
from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import RegistryView
from accounts.policy import Action
from lib import clock
from lib.rest.serializers import Nothing, PageQuery, page_of, read_body, read_query
from segments import selectors, services
from segments.api import examples
from segments.api.serializers.runs import History, HistoryQuery, RunDocument
from segments.api.views.segments import segment_of
from segments.health import with_health
from segments.history import days_of


class HistoryView(RegistryView):
    actions: ClassVar = {"GET": Action.READ}

    @extend_schema(parameters=[HistoryQuery], responses=History, examples=examples.HISTORY)
    def get(self, request: Request, key: str) -> Response:
        """Read the numbers of a segment: those of the last good run, and those of each day."""
        days = read_query(request, HistoryQuery)["days"]
        seen = selectors.segments(actor=self.actor).select_related("published")
        segment = get_object_or_404(with_health(seen), key=key)
        segment.days = [asdict(day) for day in days_of(segment, days, clock.now())]
        return Response(History(segment).data)


class RunsView(RegistryView):
    actions: ClassVar = {"GET": Action.READ}

    @extend_schema(parameters=[PageQuery], responses=page_of(RunDocument))
    def get(self, request: Request, key: str) -> Response:
        """List the runs of a segment, the newest first."""
        read_query(request, PageQuery)
        segment = segment_of(self.actor, key)
        runs = selectors.runs(actor=self.actor).filter(segment=segment).select_related("segment", "version")
        return self.page(runs, _rows, ordering="-id")


class RunView(RegistryView):
    actions: ClassVar = {"GET": Action.READ}

    @extend_schema(responses=RunDocument, examples=examples.RUN)
    def get(self, _request: Request, number: int) -> Response:
        """Read one run: ask again until its state is `succeeded`, `failed` or `cancelled`."""
        runs = selectors.runs(actor=self.actor).select_related("segment", "version")
        return Response(RunDocument(get_object_or_404(runs, pk=number)).data)


class RecomputeView(RegistryView):
    actions: ClassVar = {"POST": Action.EDIT}

    @extend_schema(request=Nothing, responses={202: RunDocument}, examples=examples.RECOMPUTE)
    def post(self, request: Request, key: str) -> Response:
        """Have the members computed as of a moment after this call; `Location` is the run to ask for."""
        read_body(request, Nothing)
        run = services.request_recompute(actor=self.actor, segment=segment_of(self.actor, key))
        place = reverse("api-run", args=[run.pk])
        return Response(RunDocument(run).data, HTTPStatus.ACCEPTED, headers={"Location": place})


def _rows(runs: Any) -> list[Any]:
    return list(RunDocument(runs, many=True).data)
