"""``sync-runs``: what each execution of an activation did."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Actor
from accounts.api.base import RegistryView
from accounts.policy import Action
from activations import selectors, services
from activations.api import examples
from activations.api.serializers import SyncRunDocument, SyncRunQuery, show_run
from activations.api.views.activations import own_teams
from activations.models import SyncRun
from lib.rest.serializers import Nothing, page_of, read_body, read_query


class SyncRunsView(RegistryView):
    actions: ClassVar = {"GET": Action.READ}

    @extend_schema(parameters=[SyncRunQuery], responses=page_of(SyncRunDocument))
    def get(self, request: Request) -> Response:
        """List sync runs, the newest first."""
        asked = read_query(request, SyncRunQuery)
        rows = _runs(self.actor)
        if "activation" in asked:
            rows = rows.filter(activation__key=asked["activation"])
        if "state" in asked:
            rows = rows.filter(state=asked["state"])
        return self.page(rows, self._shown, ordering="-id")

    def _shown(self, runs: Iterable[SyncRun]) -> list[Any]:
        own = own_teams(self.actor)
        return [show_run(run, with_details=run.activation.connection.team_id in own) for run in runs]


class SyncRunView(RegistryView):
    actions: ClassVar = {"GET": Action.READ}

    @extend_schema(responses=SyncRunDocument, examples=examples.SYNC_RUN)
    def get(self, _request: Request, number: int) -> Response:
        """Read one sync run: ask again until its state is none of `queued`, `running` and `waiting`."""
        return Response(_shown(self.actor, _run(self.actor, number)))


class ConfirmRemovalView(RegistryView):
    actions: ClassVar = {"POST": Action.EDIT}

    @extend_schema(request=Nothing, responses=SyncRunDocument)
    def post(self, request: Request, number: int) -> Response:
        """Agree to as many removals as a `waiting` run asks for."""
        read_body(request, Nothing)
        services.confirm_removal(actor=self.actor, run=_run(self.actor, number))
        return Response(_shown(self.actor, _run(self.actor, number)))


class CancelSyncView(RegistryView):
    actions: ClassVar = {"POST": Action.EDIT}

    @extend_schema(request=Nothing, responses=SyncRunDocument)
    def post(self, request: Request, number: int) -> Response:
        """End a run that has not ended; what it has sent stays on record, and the next sync goes on from there."""
        read_body(request, Nothing)
        services.cancel_sync(actor=self.actor, run=_run(self.actor, number))
        return Response(_shown(self.actor, _run(self.actor, number)))


def _runs(actor: Actor) -> Any:
    return selectors.sync_runs(actor=actor).select_related(
        "activation__segment", "activation__connection__team", "segment_run"
    )


def _run(actor: Actor, number: int) -> SyncRun:
    found: SyncRun = get_object_or_404(_runs(actor), pk=number)
    return found


def _shown(actor: Actor, run: SyncRun) -> dict[str, Any]:
    return show_run(run, with_details=selectors.shows_details(actor=actor, activation=run.activation))
