"""Hurts an installation: one blow after the other, each told in the tally with whether work was in flight."""

import os
import random
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import redis

from activations.models import SyncRun
from config.embedded.waiting import wait_until
from config.urls_of import cache_location
from lib import failpoints
from profiles.ingest.tracking.reading import Request
from profiles.models import Signal
from segments.models import Run
from segments.runs.work import work
from tests.faults import jobs
from tests.faults.clients import Clients
from tests.faults.installation import Installation, is_gone
from tests.faults.world import World

BY_REQUEST = ("tracking.", "merge.", "redirect.")
"""Points that only requests of the tracking API lead to."""
MOST_TRIES = 12
"""So often a job may lose its work to the served workers before it gets to its fail-point."""


@dataclass
class Tally:
    """What was done to the installation."""

    kills: Counter[str] = field(default_factory=Counter)
    in_flight: int = 0
    points: Counter[str] = field(default_factory=Counter)
    other: Counter[str] = field(default_factory=Counter)

    def killed(self, victim: str, *, in_flight: bool) -> None:
        """Count one `kill -9`."""
        self.kills[victim] += 1
        self.in_flight += in_flight

    def __str__(self) -> str:
        total = self.kills.total()
        victims = ", ".join(f"{count} {name}" for name, count in sorted(self.kills.items()))
        rest = ", ".join(f"{count} {name}" for name, count in sorted(self.other.items()))
        return (
            f"{total} kills ({victims}), work in flight in {self.in_flight} of them ({self.in_flight / total:.0%}); "
            f"{len(self.points)} named fail-points hit, {self.points.total()} times; besides {rest}"
        )


@dataclass
class Storm:
    """The blows. `random` is seeded by the test, so that a failure can be looked at again."""

    installation: Installation
    world: World
    folder: Path
    random: random.Random
    clients: Clients
    tally: Tally = field(default_factory=Tally)

    def at_failpoint(self, point: str) -> None:
        """Kill a process where it reaches the point, and have its work done again if nobody else will."""
        for _ in range(MOST_TRIES):
            self.world.arrive()
            files = self.world.next_files(self.folder)
            requests = self.world.next_requests() if point.startswith(BY_REQUEST) else []
            process = self.installation.start(jobs.of(point, files, requests), point)
            process.join(60)
            self.complete(files)
            self.send_again(requests)
            if process.exitcode == -signal.SIGKILL:
                self.tally.killed("at fail-points", in_flight=True)
                self.tally.points[point] += 1
                return
        raise AssertionError(f"{point} was not reached in {MOST_TRIES} tries")

    def complete(self, files: list[tuple[str, Path]]) -> None:
        """Run imports to their end, as a person does who sees that one has died."""
        for command, path in files:
            self._until_done(partial(jobs.run_import, command, path), f"{command} {path.name} never came to its end")

    def _until_done(self, work: Callable[[], object], otherwise: str) -> None:
        for _ in range(MOST_TRIES):
            process = self.installation.start(work)
            process.join(90)
            if process.exitcode == 0:
                return
        raise AssertionError(otherwise)

    def send_again(self, requests: list[Request]) -> None:
        """Send requests until they are taken, as a program does whose request had no answer."""
        for request in requests:
            self._until_done(partial(jobs.take, request), "a request was never taken")

    def an_import(self) -> None:
        """Kill an import somewhere on its way."""
        files = self.world.next_files(self.folder)
        process = self.installation.start(partial(jobs.run_import, *self.random.choice(files)))
        process.join(self.random.uniform(0.05, 0.6))
        alive = process.is_alive()
        process.kill()
        process.join()
        self.tally.killed("import", in_flight=alive)
        self.complete(files)

    def engine(self) -> None:
        """Kill the engine's main process or its child while runs are being computed."""
        self._worker("engine", lambda: Run.objects.filter(state=Run.State.RUNNING).exists())

    def worker(self) -> None:
        """Kill the main process of the other worker or one of its children while audiences are being sent."""
        self._worker("worker", lambda: SyncRun.objects.filter(state=SyncRun.State.RUNNING).exists())

    def signals(self) -> None:
        """Kill the process that takes signals, or its child, while some wait."""
        self._worker("signals", Signal.objects.exists)

    def _worker(self, name: str, busy: Callable[[], bool]) -> None:
        self.world.arrive()
        wait_until(busy, f"work for {name}", self.folder)
        self._kill_one_of(name)
        self.tally.killed(name, in_flight=busy())

    def _kill_one_of(self, name: str) -> None:
        """Kill the main process or a child."""
        installation = self.installation
        victim = self._signal_one(
            lambda: [installation.main_process(name), *installation.children(name)], signal.SIGKILL
        )
        wait_until(lambda: is_gone(victim), f"the end of {name}", self.folder)

    def _signal_one(self, candidates: Callable[[], list[int]], number: signal.Signals) -> int:
        """Signal one of the processes; another one, if that has ended by itself a moment before."""
        while True:
            victim = self.random.choice(candidates())
            try:
                os.kill(victim, number)
            except ProcessLookupError:
                continue
            return victim

    def kill(self, name: str, busy: Callable[[], bool]) -> None:
        """Kill web, engine, signals or worker, main process or child, whatever it is doing."""
        self._kill_one_of(name)
        self.tally.killed(name, in_flight=busy())

    def web(self) -> None:
        """Kill the web server, main process or one of its workers, while programs write through the API."""
        with self.clients.writing() as cut_off:
            self._kill_one_of("web")
        self.tally.killed("web", in_flight=bool(cut_off))

    def beat(self) -> None:
        """Kill beat, which never has work of its own."""
        victim = self._signal_one(lambda: [self.installation.main_process("beat")], signal.SIGKILL)
        wait_until(lambda: is_gone(victim), "the end of beat", self.folder)
        self.tally.killed("beat", in_flight=False)

    def sleeping_worker(self) -> None:
        """Pause the engine's child past its lease; it wakes up when others have done its work."""
        while not self._paused_and_woken():
            self.world.arrive()
        self.tally.other["pauses past a lease"] += 1

    def _paused_and_woken(self) -> bool:
        """False if the child did not live to wake up: it ended with a main process that an earlier blow had hit."""
        wait_until(lambda: Run.objects.filter(state=Run.State.RUNNING).exists(), "a run", self.folder)
        child = self._signal_one(partial(self.installation.children, "engine"), signal.SIGSTOP)
        ids = list(Run.objects.filter(state=Run.State.RUNNING).values_list("pk", flat=True))
        jobs_done = partial(self._taken_over, ids)
        wait_until(jobs_done, "another worker", self.folder)
        try:
            os.kill(child, signal.SIGCONT)
        except ProcessLookupError:
            return False
        return True

    def _taken_over(self, ids: list[int]) -> bool:
        work()
        return not Run.objects.filter(pk__in=ids, state=Run.State.RUNNING).exists()

    def wiped_broker(self) -> None:
        """Forget all messages."""
        redis.Redis.from_url(cache_location(self.installation.layout.redis_url())).flushall()
        self.tally.other["wiped brokers"] += 1

    def restarted_database(self) -> None:
        """Kill PostgreSQL itself while an import and everything else is at work."""
        files = self.world.next_files(self.folder)
        process = self.installation.start(partial(jobs.run_import, *files[1]))
        self.installation.kill_postgres()
        process.join(60)
        self.tally.other["restarts of PostgreSQL"] += 1
        self.complete(files)


def every_point() -> list[str]:
    """The named fail-points of all modules."""
    return sorted(failpoints.declared())
