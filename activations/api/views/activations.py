"""``activations``: which segment goes to which connection, and when."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, ClassVar, Protocol

from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import policy
from accounts.actors import Actor
from accounts.api.base import RegistryView
from accounts.api.schema import IF_MATCH
from accounts.policy import Action
from activations import selectors, services
from activations.api import examples
from activations.api.serializers import (
    ActivationDocument,
    ActivationQuery,
    ChangeActivation,
    NewActivation,
    SyncRunDocument,
    show_activation,
    show_run,
)
from activations.models import Activation
from lib.rest.etags import etag_of, require_match
from lib.rest.serializers import Nothing, page_of, read_body, read_query
from segments import selectors as segment_selectors


class ActivationsView(RegistryView):
    actions: ClassVar = {"GET": Action.READ, "POST": Action.EDIT}

    @extend_schema(
        parameters=[ActivationQuery],
        responses=page_of(ActivationDocument),
        examples=examples.ACTIVATIONS,
    )
    def get(self, request: Request) -> Response:
        """List activations: which segment goes where, and when."""
        asked = read_query(request, ActivationQuery)
        rows = _activations(self.actor)
        if "segment" in asked:
            rows = rows.filter(segment__key=asked["segment"])
        if "state" in asked:
            rows = rows.filter(state=asked["state"])
        return self.page(rows, self._shown, ordering="key")

    @extend_schema(request=NewActivation, responses={201: ActivationDocument}, examples=examples.NEW_ACTIVATION)
    def post(self, request: Request) -> Response:
        """Make an activation: due by its schedule from now on."""
        asked = _resolved(self.actor, read_body(request, NewActivation))
        made = services.create_activation(actor=self.actor, **asked)
        response = _answer(self.actor, made.key, HTTPStatus.CREATED)
        response.headers["Location"] = reverse("api-activation", args=[made.key])
        return response

    def _shown(self, activations: Iterable[Activation]) -> list[Any]:
        own = own_teams(self.actor)
        return [show_activation(row, with_details=row.connection.team_id in own) for row in activations]


class ActivationView(RegistryView):
    actions: ClassVar = {"GET": Action.READ, "PATCH": Action.EDIT, "DELETE": Action.EDIT}

    @extend_schema(responses=ActivationDocument, examples=examples.ACTIVATION)
    def get(self, _request: Request, key: str) -> Response:
        """Read an activation, with its `ETag`."""
        return _answer(self.actor, key)

    @extend_schema(
        parameters=[IF_MATCH],
        request=ChangeActivation,
        responses=ActivationDocument,
        examples=examples.CHANGE_ACTIVATION,
    )
    def patch(self, request: Request, key: str) -> Response:
        """Change what is sent, where or when.

        A new mapping sends everybody anew with the next run.
        """
        activation = activation_of(self.actor, key)
        require_match(request, _tag(activation))
        asked = _resolved(self.actor, read_body(request, ChangeActivation, partial=True))
        services.update_activation(actor=self.actor, activation=activation, **asked)
        return _answer(self.actor, key)

    @extend_schema(responses={204: OpenApiResponse(description="It is gone.")})
    def delete(self, _request: Request, key: str) -> Response:
        """Forget an activation that has sent nobody; pause one that has."""
        services.delete_activation(actor=self.actor, activation=activation_of(self.actor, key))
        return Response(status=HTTPStatus.NO_CONTENT)


class _Verb(Protocol):
    def __call__(self, *, actor: Actor, activation: Activation) -> Any: ...


class PauseActivationView(RegistryView):
    actions: ClassVar = {"POST": Action.EDIT}

    @extend_schema(request=Nothing, responses=ActivationDocument)
    def post(self, request: Request, key: str) -> Response:
        """Send nothing until it is resumed; what is over there stays there."""
        return _done(self, request, key, services.pause)


class ResumeActivationView(RegistryView):
    actions: ClassVar = {"POST": Action.EDIT}

    @extend_schema(request=Nothing, responses=ActivationDocument)
    def post(self, request: Request, key: str) -> Response:
        """Go on by the schedule, after a pause or after what stopped it was mended."""
        return _done(self, request, key, services.resume)


class SyncActivationView(RegistryView):
    actions: ClassVar = {"POST": Action.EDIT}

    @extend_schema(request=Nothing, responses={202: SyncRunDocument}, examples=examples.SYNC)
    def post(self, request: Request, key: str) -> Response:
        """Send now: answers the run under way, or a new one; `Location` is the run to ask for."""
        return _begun(self, request, key, services.request_sync)


class TestActivationView(RegistryView):
    actions: ClassVar = {"POST": Action.EDIT}

    @extend_schema(request=Nothing, responses={202: SyncRunDocument}, examples=examples.SYNC)
    def post(self, request: Request, key: str) -> Response:
        """Send one record of the audience, to see it arrive; nobody is removed."""
        return _begun(self, request, key, services.request_test)


class RetryActivationView(RegistryView):
    actions: ClassVar = {"POST": Action.EDIT}

    @extend_schema(request=Nothing, responses={202: SyncRunDocument}, examples=examples.SYNC)
    def post(self, request: Request, key: str) -> Response:
        """Send again what the tool has refused, once the cause is mended."""
        return _begun(self, request, key, services.retry_rejected)


def activation_of(actor: Actor, key: str) -> Activation:
    """The activation, if the actor may know of it. Raises `Http404`."""
    found: Activation = get_object_or_404(_activations(actor), key=key)
    return found


def _activations(actor: Actor) -> Any:
    return selectors.activations(actor=actor).select_related("segment__team", "connection__team")


def own_teams(actor: Actor) -> set[int]:
    """The teams whose mappings and failures the actor sees."""
    return set(policy.visible_teams(actor).values_list("pk", flat=True))


def _tag(activation: Activation) -> str:
    """Changes with everything that a person has decided; `next_due` moves without one."""
    decided = {**show_activation(activation, with_details=True), "next_due": None}
    return etag_of(activation.pk, decided)


def _answer(actor: Actor, key: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    activation = activation_of(actor, key)
    with_details = selectors.shows_details(actor=actor, activation=activation)
    return Response(show_activation(activation, with_details=with_details), status, headers={"ETag": _tag(activation)})


def _done(view: RegistryView, request: Request, key: str, verb: _Verb) -> Response:
    read_body(request, Nothing)
    verb(actor=view.actor, activation=activation_of(view.actor, key))
    return _answer(view.actor, key)


def _begun(view: RegistryView, request: Request, key: str, verb: _Verb) -> Response:
    """The run that a verb has queued; `Location` is the run to ask for."""
    read_body(request, Nothing)
    run = verb(actor=view.actor, activation=activation_of(view.actor, key))
    place = reverse("api-sync-run", args=[run.pk])
    return Response(show_run(run, with_details=True), HTTPStatus.ACCEPTED, headers={"Location": place})


def _resolved(actor: Actor, asked: dict[str, Any]) -> dict[str, Any]:
    """With the segment and the connection that were named, of those that the actor sees. Raises `ValidationError`."""
    mistakes = {}
    if "segment" in asked:
        key = asked["segment"]
        asked["segment"] = segment_selectors.segments(actor=actor).select_related("team").filter(key=key).first()
        if asked["segment"] is None:
            mistakes["segment"] = [f"There is no segment '{key}'."]
    if "connection" in asked:
        number = asked["connection"]
        asked["connection"] = selectors.connections(actor=actor).select_related("team").filter(pk=number).first()
        if asked["connection"] is None:
            mistakes["connection"] = [f"Your teams have no connection {number}."]
    if mistakes:
        raise ValidationError(mistakes, "unknown")
    return asked
