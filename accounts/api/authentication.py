"""``Authorization: Bearer``: a program that acts as the person whose token it sends."""

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts import tokens
from accounts.models import Token, User


class TokenAuthentication(BaseAuthentication):
    """Comes before the session: a request with a token is its token's, whatever cookies it carries."""

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        """The person and the token; None without a Bearer header. Raises `AuthenticationFailed`: 401."""
        scheme, _, secret = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        token = tokens.find(secret.decode("latin-1").strip())
        if token is None:
            raise AuthenticationFailed("This token is not valid: it is misspelt, expired or revoked.", "bad_token")
        return token.user, token

    def authenticate_header(self, _request: Request) -> str:
        """What 401 asks for."""
        return "Bearer"
