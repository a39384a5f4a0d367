"""Who acts: a person in a session, a program with a person's token, or the installation itself."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.models import Token, User
from lib.addresses import client_address


@dataclass(frozen=True, slots=True)
class Actor:
    """Passed to every service and selector. `token` is set where a program acts; `address` is for the audit log.

    One without a user is nobody and may do nothing, except for `INSTALLATION`, which is recognised by identity.
    """

    user: User | None
    token: Token | None = None
    address: str = ""

    @property
    def is_installation(self) -> bool:
        return self is INSTALLATION

    @property
    def label(self) -> str:
        """How the audit log names it."""
        return self.user.email if self.user else "the installation" if self.is_installation else "nobody"


INSTALLATION = Actor(None)
"""Commands of whoever runs the machine, and Celery's workers: may do everything."""


def actor_of(request: HttpRequest) -> Actor:
    """Who sent a request of a session: pages and the admin site. Raises `PermissionDenied` if nobody has signed in."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        if not isinstance(request.user, User):
            raise PermissionDenied("Sign in first.")
        actor = Actor(request.user, address=client_address(request))
        request.actor = actor  # type: ignore[attr-defined]  # kept for the rest of this request
    return actor
