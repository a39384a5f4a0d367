"""One process under the supervisor: its start, its prefixed log lines, its restarts with back-off, its end."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import IO

PR_SET_PDEATHSIG = 1
MAX_BACKOFF_SECONDS = 30.0
STABLE_SECONDS = 60.0
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None
_printing = threading.Lock()


def say(name: str, line: str, colour: int = 37) -> None:
    """One line of a process on stdout, behind its name; in colour on a terminal."""
    label = f"{name:<7}|"
    if sys.stdout.isatty():
        label = f"\033[{colour}m{label}\033[0m"
    with _printing:
        print(label, line, flush=True)


def _end_with_parent() -> None:
    """Runs in the child before its program: a supervisor killed with -9 takes its children along (Linux)."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Supervised:
    """A program that is to run until `stop`; `tend` starts it again when it has died."""

    name: str
    command: list[str]
    colour: int
    _process: subprocess.Popen[bytes] | None = None
    _started: float = 0.0
    _failures: int = 0
    _not_before: float = 0.0
    _readers: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Start the program in a session of its own: Ctrl-C reaches the supervisor only."""
        self._started = time.monotonic()
        self._process = subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_end_with_parent,  # started from the main thread only, calls one C function
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )
        assert self._process.stdout is not None
        reader = threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True)
        reader.start()
        self._readers = [*(one for one in self._readers if one.is_alive()), reader]

    def _read(self, output: IO[bytes]) -> None:
        for line in output:
            if text := line.decode(errors="replace").rstrip():
                say(self.name, text, self.colour)

    def tend(self) -> None:
        """Start the program again if it died: at once the first time, then after 1, 2, 4 ... 30 seconds."""
        assert self._process is not None
        now = time.monotonic()
        if self._process.poll() is None:
            return
        if self._not_before == 0.0:
            self._failures = 0 if now - self._started > STABLE_SECONDS else self._failures + 1
            wait = 0.0 if self._failures <= 1 else min(MAX_BACKOFF_SECONDS, 2.0 ** (self._failures - 2))
            self._not_before = now + wait
            say(self.name, f"ended with status {self._process.returncode}; starting again in {wait:.0f} s", 31)
        if now >= self._not_before:
            self._not_before = 0.0
            self.start()

    def ask_to_stop(self) -> None:
        """A warm stop: the program may finish what it is doing."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def wait(self, deadline: float) -> None:
        """Wait for the end; after `deadline` (monotonic seconds) the whole session of the program is killed."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            say(self.name, "did not stop in time; killed. Its work is taken up again at the next start.", 31)
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        for reader in self._readers:
            reader.join(timeout=1)
