"""``me`` and ``tokens``: who acts, and with which tokens."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import selectors, services
from accounts.actors import Actor
from accounts.api.base import RegistryView
from accounts.api.idempotency import Answers
from accounts.api.serializers import MadeToken, Me, NewToken, TokenDocument
from accounts.models import TeamMember, User
from accounts.policy import Action
from lib import clock
from lib.rest.serializers import PageQuery, page_of, read_body, read_query


class MeView(RegistryView):
    actions: ClassVar = {"GET": Action.READ}

    @extend_schema(operation_id="me_retrieve", responses=Me)
    def get(self, _request: Request) -> Response:
        """Read who acts: the person, their roles, and the scopes of the token."""
        user = _user(self.actor)
        roles = TeamMember.objects.filter(user=user).select_related("team").order_by("team__key")
        told = {
            "id": user.pk,
            "email": user.email,
            "name": user.name,
            "administrator": user.is_superuser,
            "sees_personal_data": user.is_superuser or user.sees_personal_data,
            "teams": roles,
            "token": self.actor.token,
        }
        return Response(Me(told).data)


class TokensView(RegistryView):
    actions: ClassVar = {"GET": Action.READ, "POST": Action.OWN_TOKENS}
    answers = Answers.SHOWN_ONCE

    @extend_schema(operation_id="tokens_list", parameters=[PageQuery], responses=page_of(TokenDocument))
    def get(self, request: Request) -> Response:
        """List one's tokens; administrators see everybody's."""
        read_query(request, PageQuery)
        return self.page(selectors.tokens(actor=self.actor), _tokens, ordering="-id")

    @extend_schema(request=NewToken, responses={201: MadeToken})
    def post(self, request: Request) -> Response:
        """Make a token. It is in this answer and nowhere else: keep it."""
        asked = read_body(request, NewToken)
        token, secret = services.create_token(
            actor=self.actor,
            user=_holder(self.actor, asked.get("user")),
            name=asked["name"],
            scopes=asked["scopes"],
            expires_at=clock.now() + timedelta(days=asked["days"]),
        )
        token.refresh_from_db()
        return Response({**TokenDocument(token).data, "token": secret}, HTTPStatus.CREATED)


class TokenView(RegistryView):
    actions: ClassVar = {"DELETE": Action.OWN_TOKENS}

    @extend_schema(responses={204: OpenApiResponse(description="It is revoked.")})
    def delete(self, _request: Request, prefix: str) -> Response:
        """Revoke a token: it stops working at once."""
        token = get_object_or_404(selectors.tokens(actor=self.actor), prefix=prefix)
        services.revoke_token(actor=self.actor, token=token)
        return Response(status=HTTPStatus.NO_CONTENT)


def _tokens(rows: Any) -> list[Any]:
    return list(TokenDocument(rows, many=True).data)


def _user(actor: Actor) -> User:
    assert actor.user is not None  # the view has let nobody else in
    return actor.user


def _holder(actor: Actor, email: str | None) -> User:
    """Whom a token is for. Raises `ValidationError` for an address that the actor knows nobody by."""
    if email is None:
        return _user(actor)
    found = selectors.users(actor=actor).filter(email__iexact=email).first()
    if found is None:
        raise ValidationError({"user": f"There is nobody with the address {email}."})
    return found
