"""Sessions in the database that know whose they are, so that people see where they are signed in and end it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.http import HttpRequest

from accounts.models import User
from accounts.models.sessions import LONGEST_AGENT, Session
from lib import clock
from lib.addresses import client_address

SEEN_EVERY = timedelta(minutes=5)
"""How exactly it is known when a session was last used; a write per request would cost more than it tells."""
NOTE = "signed_in"


class SessionStore(db.SessionStore):
    """Django's, with a row that shows what was noted at the sign-in."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """The row."""
        return Session

    def _get_session_from_db(self) -> Session | None:
        session: Session | None = super()._get_session_from_db()  # type: ignore[misc]  # the stubs lack it
        if session is not None and session.read_at - session.seen_at >= SEEN_EVERY:
            Session.objects.filter(pk=session.pk).update(seen_at=session.read_at)
        return session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row of these data."""
        session = super().create_model_instance(data)
        assert isinstance(session, Session)
        session.seen_at = clock.now()
        note = data.get(NOTE)
        if note and SESSION_KEY in data:
            session.user_id = int(data[SESSION_KEY])
            session.public_id, session.agent, session.address = UUID(note["id"]), note["agent"], note["address"]
            session.signed_in_at = datetime.fromisoformat(note["at"])
        return session


def note_sign_in(request: HttpRequest, **_: Any) -> None:
    """When somebody signs in: with what, from where and when. Receives `user_logged_in`."""
    agent = "".join(sign for sign in request.META.get("HTTP_USER_AGENT", "") if sign.isprintable())
    request.session[NOTE] = {
        "id": str(uuid4()),
        "agent": agent[:LONGEST_AGENT],
        "address": client_address(request),
        "at": clock.now().isoformat(),
    }


def end_all(user: User) -> int:
    """End every session of an account now; answers how many there were."""
    return Session.objects.filter(user=user).delete()[0]
