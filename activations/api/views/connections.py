"""``destinations`` and ``connections``: kinds of tools, and a team's accounts at them."""

from http import HTTPStatus
from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Actor
from accounts.api.base import RegistryView
from accounts.api.names import team_named
from accounts.policy import Action
from activations import selectors, services
from activations.api import examples
from activations.api.serializers import (
    ChangeConnection,
    ConnectionDocument,
    DestinationDocument,
    NewConnection,
    TestAnswer,
)
from activations.destinations import kinds
from activations.destinations.base import Destination
from activations.models import Connection
from lib.rest.serializers import Nothing, PageQuery, Strict, page_of, read_body, read_query


class DestinationsView(RegistryView):
    actions: ClassVar = {"GET": Action.READ}

    @extend_schema(responses=DestinationDocument(many=True), examples=examples.DESTINATIONS)
    def get(self, request: Request) -> Response:
        """List the kinds of tools, with the values that a connection to each needs."""
        read_query(request, Strict)
        return Response([_destination(name, kind) for name, kind in sorted(kinds().items())])


class ConnectionsView(RegistryView):
    actions: ClassVar = {"GET": Action.READ_TEAM, "POST": Action.EDIT}

    @extend_schema(parameters=[PageQuery], responses=page_of(ConnectionDocument))
    def get(self, request: Request) -> Response:
        """List the connections of your teams, without their secrets."""
        read_query(request, PageQuery)
        rows = selectors.connections(actor=self.actor).select_related("team")
        return self.page(rows, _rows, ordering="id")

    @extend_schema(request=NewConnection, responses={201: ConnectionDocument}, examples=examples.NEW_CONNECTION)
    def post(self, request: Request) -> Response:
        """Connect a tool."""
        asked = read_body(request, NewConnection)
        made = services.create_connection(actor=self.actor, team=team_named(asked.pop("team")), **asked)
        place = reverse("api-connection", args=[made.pk])
        return Response(ConnectionDocument(made).data, HTTPStatus.CREATED, headers={"Location": place})


class ConnectionView(RegistryView):
    actions: ClassVar = {"GET": Action.READ_TEAM, "PATCH": Action.EDIT, "DELETE": Action.EDIT}

    @extend_schema(responses=ConnectionDocument)
    def get(self, _request: Request, number: int) -> Response:
        """Read a connection, without its secrets."""
        return Response(ConnectionDocument(connection_of(self.actor, number)).data)

    @extend_schema(request=ChangeConnection, responses=ConnectionDocument, examples=examples.CHANGE_CONNECTION)
    def patch(self, request: Request, number: int) -> Response:
        """Change the name or values of a connection; values that are left out stay, secrets among them."""
        connection = connection_of(self.actor, number)
        asked = read_body(request, ChangeConnection, partial=True)
        changed = services.update_connection(
            actor=self.actor,
            connection=connection,
            name=asked.get("name", connection.name),
            config={**connection.config, **asked.get("config", {})},
        )
        return Response(ConnectionDocument(changed).data)

    @extend_schema(responses={204: OpenApiResponse(description="It is gone.")})
    def delete(self, _request: Request, number: int) -> Response:
        """Forget a connection that no activation uses."""
        services.delete_connection(actor=self.actor, connection=connection_of(self.actor, number))
        return Response(status=HTTPStatus.NO_CONTENT)


class TestConnectionView(RegistryView):
    actions: ClassVar = {"POST": Action.EDIT}

    @extend_schema(request=Nothing, responses=TestAnswer)
    def post(self, request: Request, number: int) -> Response:
        """Try a connection: 200 with what is wrong, if something is."""
        read_body(request, Nothing)
        wrong = services.test_connection(actor=self.actor, connection=connection_of(self.actor, number))
        return Response({"works": not wrong, "problem": wrong})


def connection_of(actor: Actor, number: int) -> Connection:
    """The connection, if it is of one of the actor's teams. Raises `Http404`."""
    return get_object_or_404(selectors.connections(actor=actor).select_related("team"), pk=number)


def _rows(connections: Any) -> list[Any]:
    return list(ConnectionDocument(connections, many=True).data)


def _destination(name: str, kind: type[Destination]) -> Any:
    return {
        "kind": name,
        "label": kind.label,
        "modes": sorted(kind.capabilities.modes),
        "identifiers": sorted(kind.capabilities.identifiers),
        "batch_size": kind.capabilities.batch_size,
        "channels": sorted(kind.capabilities.channels),
        "policies": sorted(kind.capabilities.policies),
        "fields": [
            {
                "key": field.key,
                "label": field.label,
                "help": field.help,
                "default": field.default,
                "choices": dict(field.choices),
                "pattern": field.pattern,
                "required": field.required,
                "secret": field.secret,
            }
            for field in kind.fields
        ],
    }
