"""A whole installation of its own, with servers of its own that may be killed, and this process looking into it."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection

from config.embedded import Layout
from config.embedded.waiting import wait_until
from config.urls_of import postgres_from_url
from lib import failpoints
from tests.profiles.lake import processes
from tests.served import Served, free_port

LEASE_SECONDS = 5
QUICK = {
    "LEASE_SECONDS": str(LEASE_SECONDS),
    "TICK_SECONDS": "1",
    "REGISTRY_POSTGRES_OPTIONS": "fsync=off",  # a killed server loses nothing by it, only a power cut would
    "ENGINE_MEMORY_MB": "512",
    "ENGINE_THREADS": "1",
    "API_RATE": "1000000",
}
FOLDERS = ("REGISTRY_HOME", "LAKE_URL", "EXPORTS", "UPLOADS", "ENGINE_TEMPORARY")


@dataclass
class Installation:
    """Web, workers, beat, PostgreSQL and Redis of one home, all real."""

    served: Served
    layout: Layout

    def main_process(self, name: str) -> int:
        """The process id of `web`, `engine`, `signals`, `worker` or `beat`, waited for while it is being started."""
        found = {"web": "config.wsgi", "beat": "beat"}.get(name, f"{name}@")
        pid: list[int] = []

        def look() -> bool:
            one = self.served.process_of(found)
            pid.extend([one] if one else [])
            return bool(pid)

        wait_until(look, f"a process of {name}", self.layout.home, 90)
        return pid[0]

    def children(self, name: str) -> list[int]:
        """The processes that do the work of `web`, `engine` or `worker`, waited for likewise."""
        found: list[int] = []

        def look() -> bool:
            found.extend(children_of(self.main_process(name)))
            return bool(found)

        wait_until(look, f"a child of {name}", self.layout.home, 90)
        return found

    def kill_postgres(self) -> None:
        """`kill -9` of the server itself; the supervisor starts another one."""
        number = (self.layout.folder / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0]
        os.kill(int(number), signal.SIGKILL)
        wait_until(database_answers, "PostgreSQL after its restart", self.layout.home, 90)

    def start(self, work: Callable[[], object], failpoint: str = "") -> BaseProcess:
        """Do `work` in a process of its own that dies at the fail-point."""
        return processes.start_on(run_here, work, failpoint, dict(connection.settings_dict), folders())


@contextmanager
def installed(home: Path) -> Iterator[Installation]:
    """Serve a new home, and have this process work on its database and folders until it is left."""
    with Served(home, free_port(), QUICK) as served:
        served.wait_for("ready: ")
        layout = Layout(home)
        with looking_at(layout):
            yield Installation(served, layout)


@contextmanager
def looking_at(layout: Layout) -> Iterator[None]:
    """Point Django, in this process, at the home."""
    before, places = dict(connection.settings_dict), folders()
    connection.close()
    connection.settings_dict.update(postgres_from_url(layout.database_url()))
    stand_in(
        {
            "REGISTRY_HOME": layout.home,
            "LAKE_URL": str(layout.home / "lake"),
            "EXPORTS": layout.home / "exports",
            "UPLOADS": layout.home / "uploads",
            "ENGINE_TEMPORARY": layout.home / "engine-of-the-test",
        }
    )
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)
        stand_in(places)


def folders() -> dict[str, Any]:
    """The places that processes of one home share, as the settings have them now."""
    return {name: getattr(settings, name) for name in (*FOLDERS, "LEASE_SECONDS")}


def stand_in(places: dict[str, Any]) -> None:
    """Have these settings from now on."""
    for name, value in places.items():
        setattr(settings, name, value)


def run_here(work: Callable[[], object], failpoint: str, database: dict[str, Any], places: dict[str, Any]) -> None:
    """What a started process does."""
    connection.settings_dict.update(database)
    stand_in(places | {"LEASE_SECONDS": LEASE_SECONDS})
    os.environ[failpoints.ENVIRONMENT] = failpoint
    work()
    connection.close()


def database_answers() -> bool:
    """Whether the database takes a new connection."""
    try:
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        return False
    return True


def children_of(parent: int) -> list[int]:
    """The direct children of a process; none once it is gone."""
    try:
        tasks = list(Path(f"/proc/{parent}/task").iterdir())
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def is_gone(pid: int) -> bool:
    """Whether a process has ended; one that nobody has buried yet counts as ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True
