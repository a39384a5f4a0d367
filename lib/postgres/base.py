"""A kept connection is looked at before it is used, without asking the server each time, and keeps prepared statements.

Django binds parameters in the client, so the server would plan every query anew.
"""

from select import POLLIN, poll
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from django.db.backends.utils import CursorWrapper


class _PreparedCursor(psycopg.Cursor[Any]):
    """Parameters go to the server apart from the text, which is prepared when the connection first sends it."""

    def execute(self, query: Any, params: Any = None, **more: Any) -> "_PreparedCursor":
        """As psycopg's."""
        return super().execute(query, params, **more | {"prepare": True})


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, but for `CONN_HEALTH_CHECKS`."""

    def prepared_cursor(self) -> CursorWrapper:
        """A cursor like that of `cursor()` whose statements the server prepares, for each connection once."""
        self.close_if_health_check_failed()
        self.ensure_connection()
        with self.wrap_database_errors:
            wrapped: CursorWrapper = self._prepare_cursor(_PreparedCursor(self.connection))  # type: ignore[attr-defined]
        return wrapped

    def is_usable(self) -> bool:
        """Whether the server is still there: `SELECT 1` is sent only if it has said something unasked.

        A server that stops, or ends this connection, says so, and the socket is readable; one that is fine is silent.
        A network that swallows everything would leave `SELECT 1` waiting like any other query.
        """
        if self.connection is None or self.connection.closed:
            return False
        heard = poll()
        heard.register(self.connection.fileno(), POLLIN)
        return not heard.poll(0) or super().is_usable()
