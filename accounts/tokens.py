"""How tokens look, and how they are recognised: ``reg_<8 characters>_<43 characters>``, stored as a keyed hash only."""

import re
import secrets
import string
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac

from accounts.models import Token

SHAPE = re.compile(r"reg_[a-z0-9]{8}_[A-Za-z0-9_-]{43}")
MARKED_EVERY = timedelta(minutes=1)
"""How exactly `last_used_at` is kept; a write per request would cost more than it tells."""


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that nobody has yet; `secret` is to be shown once."""

    secret: str
    prefix: str

    @property
    def digest(self) -> str:
        return digest_of(self.secret)


def generate() -> NewToken:
    """256 random bits behind a random prefix."""
    alphabet = string.ascii_lowercase + string.digits
    prefix = "reg_" + "".join(secrets.choice(alphabet) for _ in range(8))
    return NewToken(f"{prefix}_{secrets.token_urlsafe(32)}", prefix)


def digest_of(secret: str) -> str:
    """HMAC-SHA-256 with a key derived from the installation's: useless without it to whoever reads the table."""
    return salted_hmac("accounts.tokens", secret, algorithm="sha256").hexdigest()


def find(secret: str) -> Token | None:
    """The token with its user, if it is valid at this moment by the database's clock; marks that it was used.

    It is looked up by its hash, so the time that takes tells nothing about how much of a guess was right.
    """
    if not SHAPE.fullmatch(secret):
        return None
    valid = Token.objects.filter(revoked_at=None, expires_at__gt=Now(), user__is_active=True)
    long_ago = Q(last_used_at=None) | Q(last_used_at__lt=Now() - MARKED_EVERY)
    is_to_mark = ExpressionWrapper(long_ago, output_field=BooleanField())
    found = valid.select_related("user").annotate(is_to_mark=is_to_mark).filter(digest=digest_of(secret)).first()
    if found is not None and found.is_to_mark:
        Token.objects.filter(long_ago, pk=found.pk).update(last_used_at=Now())
    return found
