"""The supervisor as a user runs it, ``python -m config.serve``, on a home of its own."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from config.embedded.waiting import wait_until

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def home_environment(home: Path) -> dict[str, str]:
    """The environment of processes that work on a home with embedded servers of its own."""
    elsewhere = ("REDIS_URL", "DATABASE_URL", "LAKE_URL")
    return {key: value for key, value in os.environ.items() if key not in elsewhere} | {"REGISTRY_HOME": str(home)}


class Served:
    """A running supervisor and what it has printed so far."""

    def __init__(self, home: Path, port: int, settings: Mapping[str, str] | None = None) -> None:
        self.home, self.port, self.lines = home, port, list[str]()
        self.environment = home_environment(home) | {"PORT": str(port)} | dict(settings or {})
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.serve"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=self.environment,
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
