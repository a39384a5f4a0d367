"""Where somebody is signed in."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models

from lib import clock

LONGEST_AGENT = 300


class SessionManager(BaseSessionManager["Session"]):
    """Sessions with `read_at`, the database's clock at the statement, so that no page asks for the time besides."""

    def get_queryset(self) -> "models.QuerySet[Session]":
        """All sessions."""
        read_at = {"read_at": clock.at_statement()}
        return super().get_queryset().annotate(**read_at)


class Session(AbstractBaseSession):
    """Django's session, and whose it is. Without a `user` nobody has signed in yet.

    `public_id` names it in addresses, since the key of a session is as good as a password. It, and what was noted at
    the sign-in, stay when the key changes.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="sessions", editable=False
    )
    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    agent = models.CharField(max_length=LONGEST_AGENT, blank=True, editable=False)
    address = models.CharField(max_length=45, blank=True, editable=False)
    signed_in_at = models.DateTimeField(null=True, editable=False)
    seen_at = models.DateTimeField(editable=False)

    objects = SessionManager()  # type: ignore[misc]  # the base's is of the base's rows

    if TYPE_CHECKING:
        read_at: datetime

    @classmethod
    def get_session_store_class(cls) -> type:
        """What reads and writes it."""
        from accounts.sessions import SessionStore  # noqa: PLC0415  it imports this model

        return SessionStore
