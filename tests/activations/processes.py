"""Workers that can be killed or paused, as children of the test: quick, and with connections of their own."""

import os
import signal
from collections.abc import Callable
from datetime import timedelta

from django.db import connections

from activations.engine import runner, send
from activations.models import SyncRun
from lib import clock, failpoints


def worker(work: Callable[[], object], failpoint: str = "") -> int:
    """Start a child that does `work`, and dies at the fail-point if one is named; answers its process id."""
    connections.close_all()  # a connection is one process's
    child = os.fork()
    if child:
        return child
    try:
        os.environ[failpoints.ENVIRONMENT] = failpoint
        work()
        os._exit(0)
    finally:
        os._exit(1)


def killed(child: int) -> bool:
    """Wait for a child's end; whether a signal ended it. A child that failed by itself fails the test."""
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def perform_and_die(run: SyncRun, failpoint: str) -> bool:
    """Work on a run in a child that dies at the fail-point; False if it never got there."""
    return killed(worker(lambda: runner.perform(run.pk), failpoint))


def paused_at(run: SyncRun, point: str) -> int:
    """Work on a run in a child that stops, as a paused machine does, when it reaches the point."""

    def stop(name: str) -> None:
        if name == point:
            os.kill(os.getpid(), signal.SIGSTOP)

    def work() -> None:
        send.reach = stop  # type: ignore[attr-defined]  # in the child only
        runner.reach = stop  # type: ignore[attr-defined]
        runner.perform(run.pk)

    child = worker(work)
    _, status = os.waitpid(child, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    return child


def let_lease_run_out(run: SyncRun) -> None:
    """What 45 seconds would do."""
    SyncRun.objects.filter(pk=run.pk).update(leased_until=clock.now() - timedelta(seconds=1))
