"""A kept connection is looked at before it is used, without asking the server each time."""

from select import POLLIN, poll

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, but for `CONN_HEALTH_CHECKS`."""

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
