"""Real workers and beats as processes of their own, on the test's database and broker."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
WORKER = (
    "worker",
    "--pool",
    "solo",
    "--queues",
    "engine,upkeep",
    "--loglevel",
    "INFO",
    "--without-gossip",
    "--without-mingle",
)


@contextmanager
def celery(
    name: str, folder: Path, environment: Mapping[str, str], *arguments: str
) -> Iterator[subprocess.Popen[bytes]]:
    """One Celery process, killed at the end; what it says is in ``<folder>/<name>.log``."""
    with (folder / f"{name}.log").open("wb") as log:
        command = [sys.executable, "-m", "celery", "-A", "config", *arguments]
        process = subprocess.Popen(command, cwd=ROOT, env=dict(environment), stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


@contextmanager
def worker(name: str, folder: Path, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of one process: killing it kills what it is doing."""
    with celery(name, folder, environment, *WORKER, "--hostname", f"{name}@test") as process:
        yield process


@contextmanager
def beat(name: str, folder: Path, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A beat with a schedule file of its own."""
    files = ("--schedule", str(folder / f"{name}.schedule"), "--pidfile", "", "--loglevel", "WARNING")
    with celery(name, folder, environment, "beat", *files) as process:
        yield process


def manage(environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """A management command, to its end."""
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=dict(environment), capture_output=True, text=True, check=False)


def until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait for a condition that other processes bring about; fails the test when it does not come."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{condition} did not come true within {seconds:g} s"
        time.sleep(0.05)
