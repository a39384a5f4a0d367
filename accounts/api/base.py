"""The view that every part of the API is: who acts, what each method needs, how often it may be called."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, wraps
from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from accounts import policy
from accounts.actors import Actor
from accounts.api import idempotency
from accounts.api.authentication import TokenAuthentication
from accounts.api.idempotency import Answers
from accounts.api.throttles import Unknown, Usual
from accounts.models import Token, User
from accounts.policy import Action
from lib.addresses import client_address
from lib.rest.pages import CursorPages
from lib.rest.parsers import StrictJSONParser

METHODS = ("get", "post", "put", "patch", "delete")


class RegistryView(APIView):
    """A subclass declares what each of its methods is, and gives services and selectors `self.actor`.

    `actions`: method → action. Before the method runs, all is checked that holds whatever team is concerned: the
    account, the token's scope, the permission for personal data. The rest is the services' and selectors'.
    `answers` says what an `Idempotency-Key` does on POST.
    """

    actions: ClassVar[Mapping[str, Action]] = {}
    answers: ClassVar[Answers] = Answers.KEPT
    authentication_classes = (TokenAuthentication, SessionAuthentication)
    permission_classes = (IsAuthenticated,)
    throttle_classes: Sequence[type[BaseThrottle]] = (Usual,)
    parser_classes = (StrictJSONParser,)
    renderer_classes: Sequence[type[BaseRenderer]] = (JSONRenderer,)
    metadata_class = None

    def __init_subclass__(cls, **given: Any) -> None:
        """Raises `TypeError` for a method without its action."""
        super().__init_subclass__(**given)
        lacks = [name.upper() for name in METHODS if hasattr(cls, name) and name.upper() not in cls.actions]
        if lacks:
            raise TypeError(f"{cls.__name__}.actions says nothing about {', '.join(lacks)}.")
        if "post" in vars(cls):
            cls.post = _done_once(cls.post)  # type: ignore[attr-defined]  # vars() has it

    @cached_property
    def actor(self) -> Actor:
        """Who acts; there always is somebody once `initial` has come back."""
        user, token = self.request.user, self.request.auth
        return Actor(
            user if isinstance(user, User) else None,
            token if isinstance(token, Token) else None,
            client_address(self.request._request),
        )

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Everything that comes before the method."""
        try:
            super().initial(request, *args, **kwargs)
        except (AuthenticationFailed, NotAuthenticated):
            Unknown().require(request)
            raise
        request._request.actor = self.actor  # type: ignore[attr-defined]  # as `actor_of` does for pages
        action = self.actions.get("GET" if request.method == "HEAD" else str(request.method))
        if action is not None:
            policy.require_anywhere(self.actor, action)

    def page(
        self, rows: QuerySet[Any], show: Callable[[Iterable[Any]], list[Any]], *, ordering: str | tuple[str, ...]
    ) -> Response:
        """One page of the rows, in this order; `show` makes JSON of those of the page."""
        pages = CursorPages()
        pages.ordering = ordering
        shown = pages.paginate_queryset(rows, self.request, self)
        return pages.get_paginated_response(show(shown or ()))


class UnknownPath(RegistryView):
    """Any other address below ``/api/``: 404 as a problem, for whoever has signed in."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Raises `NotFound`."""
        super().initial(request, *args, **kwargs)
        raise NotFound("There is nothing at this address; docs/api.md lists what there is.")


def _done_once(post: Callable[..., Response]) -> Callable[..., Response]:
    @wraps(post)
    def handler(view: RegistryView, request: Request, *args: Any, **kwargs: Any) -> Response:
        return idempotency.answer(request, view.answers, lambda: post(view, request, *args, **kwargs))

    return handler
