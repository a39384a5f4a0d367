"""Lists in pages: each answer names the next page by a cursor, which stays right while rows come and go."""

from typing import Any

from django.core import signing
from django.core.signing import BadSignature
from django.utils.encoding import force_str
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView


class CursorPages(CursorPagination):
    """``{"next", "previous", "results"}``; `?limit=` up to 1,000 rows. `ordering` is the view's, unique or nearly so.

    Cursors are signed for their list: what is in one is compared with a column, and only what came from it fits.
    """

    page_size = 100
    max_page_size = 1000
    page_size_query_param = "limit"

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any] | None:
        """The rows of the page that the request asks for."""
        self._path = request.path
        return super().paginate_queryset(queryset, request, view)

    @property
    def _salt(self) -> str:
        return f"{self._path} {self.ordering}"

    def get_page_size(self, request: Request) -> int:
        """Raises `ValidationError` for a limit that is none."""
        asked = request.query_params.get("limit")
        if asked is None:
            return self.page_size
        if not (asked.isascii() and asked.isdecimal() and len(asked) <= 4 and 1 <= int(asked) <= self.max_page_size):
            raise ValidationError({"limit": f"Give a number from 1 to {self.max_page_size}."}, "bad_limit")
        return int(asked)

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Raises `ValidationError` for one that we did not give."""
        encoded = request.query_params.get(self.cursor_query_param)
        if encoded is None:
            return None
        try:
            offset, reverse, position = signing.loads(encoded, salt=self._salt)
        except BadSignature as error:
            message = "This is no cursor of ours: follow `next` or `previous` of an answer."
            raise ValidationError({"cursor": message}, "bad_cursor") from error
        return Cursor(offset=offset, reverse=reverse, position=position)

    def encode_cursor(self, cursor: Cursor) -> str:
        """The address of the page that begins there."""
        position = None if cursor.position is None else force_str(cursor.position)
        encoded = signing.dumps([cursor.offset, cursor.reverse, position], salt=self._salt)
        return replace_query_param(str(self.base_url), self.cursor_query_param, encoded)
