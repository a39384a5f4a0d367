"""The supervisor, run as a user runs it: ``python -m config.serve`` on a home of its own."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded import Layout, Postgres, Redis
from config.embedded.waiting import wait_until

ROOT = Path(__file__).resolve().parent.parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Served:
    """A running supervisor and what it has printed so far."""

    def __init__(self, home: Path, port: int) -> None:
        self.home, self.port, self.lines = home, port, list[str]()
        environment = {k: v for k, v in os.environ.items() if k not in ("REDIS_URL", "DATABASE_URL", "LAKE_URL")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.serve"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment | {"REGISTRY_HOME": str(home), "PORT": str(port)},
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> "Served":
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, if it still runs; what it printed is shown with a test that fails."""
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(60)
        self._reader.join(5)
        print("".join(self.lines))

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(self.process.stdout)

    def says(self, pattern: str) -> bool:
        return any(re.search(pattern, line) for line in list(self.lines))

    def health(self) -> tuple[int, dict[str, str]]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)
        except (urllib.error.URLError, ConnectionError, TimeoutError) as error:
            return 0, {"error": str(error)}

    def process_of(self, word: str) -> int | None:
        """The main process of the worker `word`, by its command line; None while it is being started."""
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    command = (entry / "cmdline").read_bytes()
                    parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                except (OSError, ProcessLookupError):
                    continue
                if word.encode() in command and parent == self.process.pid:
                    return int(entry.name)
        return None

    def wait_for(self, pattern: str) -> None:
        wait_until(lambda: self.says(pattern) or self.process.poll() is not None, pattern, self.home, 90)
        assert self.says(pattern), "".join(self.lines[-40:])


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with Served(tmp_path / "a home", free_port()) as one:
        yield one


def test_it_serves_restarts_what_dies_and_leaves_nothing_behind(served: Served) -> None:
    served.wait_for(f"ready: http://127.0.0.1:{served.port}")
    status, parts = served.health()
    assert (status, parts) == (
        200,
        {"status": "ok", "database": "ok", "migrations": "ok", "redis": "ok", "worker": "ok"},
    )

    engine = served.process_of("engine@")
    assert engine is not None
    os.kill(engine, signal.SIGKILL)
    served.wait_for(r"engine .*ended with status -9; starting again")
    wait_until(lambda: served.process_of("engine@") not in (None, engine), "a new engine", served.home)

    second = Served(served.home, free_port())
    assert second.process.wait(60) == 1
    assert second.says(f"served already: http://127.0.0.1:{served.port}")

    served.process.send_signal(signal.SIGINT)
    assert served.process.wait(60) == 0
    layout = Layout(served.home)
    assert not Postgres(layout).answers()
    assert not Redis(layout).answers()
    assert served.health()[0] == 0


def test_a_supervisor_killed_outright_takes_its_children_along_and_the_next_start_works(served: Served) -> None:
    served.wait_for("ready: ")
    served.process.kill()
    served.process.wait()
    wait_until(lambda: served.health()[0] == 0, "the end of web", served.home)
    again = Served(served.home, served.port)
    try:
        again.wait_for("ready: ")
        assert again.health()[0] == 200
    finally:
        again.process.terminate()
        assert again.process.wait(60) == 0


def test_a_taken_port_is_named_with_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        one = Served(tmp_path / "home", port)
        assert one.process.wait(60) == 1
        assert one.says(f"Port {port} on 127.0.0.1 is taken. Set another one: PORT={port + 1}")
