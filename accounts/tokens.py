"""How tokens look, and how they are recognised: ``reg_<8 characters>_<43 characters>``, stored as a keyed hash only."""

import re
import secrets
import string
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac

from accounts.models import Token, User
from lib.prepared import Prepared

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
    row = _VALID.first(digest_of(secret))
    if row is None:
        return None
    is_to_mark, *values = row
    token = Token.from_db(None, _TOKEN, values[: len(_TOKEN)])
    token.user = User.from_db(None, _USER, values[len(_TOKEN) :])
    if is_to_mark:
        Token.objects.filter(_LONG_AGO, pk=token.pk).update(last_used_at=Now())
    return token


_TOKEN = [field.attname for field in Token._meta.concrete_fields]
_USER = [field.attname for field in User._meta.concrete_fields]
_LONG_AGO = Q(last_used_at=None) | Q(last_used_at__lt=Now() - MARKED_EVERY)


def _valid(digest: str) -> QuerySet[Token, Any]:
    """Whether it is to be marked, and all columns of the token and of its user."""
    is_to_mark = ExpressionWrapper(_LONG_AGO, output_field=BooleanField())
    valid = Token.objects.filter(digest=digest, revoked_at=None, expires_at__gt=Now(), user__is_active=True)
    columns = [*_TOKEN, *(f"user__{name}" for name in _USER)]
    return valid.annotate(is_to_mark=is_to_mark).order_by().values_list("is_to_mark", *columns)


_VALID = Prepared(_valid)
