"""``teams``, ``teams/{key}`` and ``teams/{key}/members``."""

from http import HTTPStatus
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import policy, selectors, services
from accounts.actors import Actor
from accounts.api.base import RegistryView
from accounts.api.serializers import ChangeMember, ChangeTeam, MemberDocument, NewMember, NewTeam, TeamDocument
from accounts.models import Team, TeamMember, User
from accounts.policy import Action
from lib.rest.serializers import PageQuery, page_of, read_body, read_query


class TeamsView(RegistryView):
    actions: ClassVar = {"GET": Action.READ, "POST": Action.ADMINISTER}

    @extend_schema(operation_id="teams_list", parameters=[PageQuery], responses=page_of(TeamDocument))
    def get(self, request: Request) -> Response:
        """List the teams."""
        read_query(request, PageQuery)
        return self.page(selectors.teams(actor=self.actor), _teams, ordering="key")

    @extend_schema(request=NewTeam, responses={201: TeamDocument})
    def post(self, request: Request) -> Response:
        """Make a team, without members."""
        made = services.create_team(actor=self.actor, **read_body(request, NewTeam))
        where = {"Location": reverse("api-team", args=[made.key])}
        return Response(TeamDocument(made).data, HTTPStatus.CREATED, headers=where)


class TeamView(RegistryView):
    actions: ClassVar = {"GET": Action.READ, "PATCH": Action.ADMINISTER_TEAM}

    @extend_schema(operation_id="teams_retrieve", responses=TeamDocument)
    def get(self, _request: Request, key: str) -> Response:
        """Read a team."""
        return Response(TeamDocument(team_of(self.actor, key)).data)

    @extend_schema(request=ChangeTeam, responses=TeamDocument)
    def patch(self, request: Request, key: str) -> Response:
        """Change the settings of a team."""
        team = team_of(self.actor, key)
        policy.require(self.actor, Action.ADMINISTER_TEAM, team)
        settings: dict[str, Any] = {"name": team.name, "colour": team.colour, "four_eyes": team.four_eyes}
        changed = services.change_team(actor=self.actor, team=team, **settings | read_body(request, ChangeTeam))
        return Response(TeamDocument(changed).data)


class MembersView(RegistryView):
    actions: ClassVar = {"GET": Action.READ_TEAM, "POST": Action.ADMINISTER_TEAM}

    @extend_schema(operation_id="team_members_list", parameters=[PageQuery], responses=page_of(MemberDocument))
    def get(self, request: Request, key: str) -> Response:
        """List who is in a team, for its people."""
        read_query(request, PageQuery)
        return self.page(selectors.members(actor=self.actor, team=team_of(self.actor, key)), _members, ordering="id")

    @extend_schema(request=NewMember, responses={201: MemberDocument})
    def post(self, request: Request, key: str) -> Response:
        """Take somebody who has an account into a team, or change their role."""
        team = team_of(self.actor, key)
        policy.require(self.actor, Action.ADMINISTER_TEAM, team)
        asked = read_body(request, NewMember)
        user = User.objects.filter(email__iexact=asked["email"]).first()
        if user is None:
            raise ValidationError({"email": "Nobody has an account with this address: an administrator makes one."})
        member = services.set_role(actor=self.actor, team=team, user=user, role=asked["role"])
        return Response(MemberDocument(member).data, HTTPStatus.CREATED)


class MemberView(RegistryView):
    actions: ClassVar = {"PUT": Action.ADMINISTER_TEAM, "DELETE": Action.ADMINISTER_TEAM}

    @extend_schema(request=ChangeMember, responses=MemberDocument)
    def put(self, request: Request, key: str, number: int) -> Response:
        """Give a member another role."""
        member = self._member(key, number)
        asked = read_body(request, ChangeMember)
        changed = services.set_role(actor=self.actor, team=member.team, user=member.user, role=asked["role"])
        return Response(MemberDocument(changed).data)

    @extend_schema(responses={204: OpenApiResponse(description="They are no member any more.")})
    def delete(self, _request: Request, key: str, number: int) -> Response:
        """Take somebody out of a team."""
        member = self._member(key, number)
        services.remove_member(actor=self.actor, team=member.team, user=member.user)
        return Response(status=HTTPStatus.NO_CONTENT)

    def _member(self, key: str, number: int) -> TeamMember:
        """Somebody of the team, for those who may change it. Raises `PermissionDenied`, `Http404`."""
        team = team_of(self.actor, key)
        policy.require(self.actor, Action.ADMINISTER_TEAM, team)
        return get_object_or_404(TeamMember.objects.select_related("team", "user"), team=team, user=number)


def team_of(actor: Actor, key: str) -> Team:
    """The team. Raises `Http404`."""
    return get_object_or_404(selectors.teams(actor=actor), key=key)


def _teams(rows: Any) -> list[Any]:
    return list(TeamDocument(rows, many=True).data)


def _members(rows: Any) -> list[Any]:
    return list(MemberDocument(rows, many=True).data)
