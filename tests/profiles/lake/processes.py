"""Real processes that work on the test's database and lake, started quickly: forked from one that has Django ready."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess

from django.conf import settings
from django.db import connection

from lib import failpoints

_context: ForkServerContext = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.profiles.lake.preload"])


def start(work: Callable[[], object], failpoint: str = "") -> BaseProcess:
    """Do `work`, a function of some module, in a process that dies at the fail-point."""
    database = str(connection.settings_dict["NAME"])
    return start_on(_run, work, failpoint, database, settings.LAKE_URL, settings.ENGINE_TEMPORARY)


def start_on(run: Callable[..., None], *arguments: object) -> BaseProcess:
    """Call `run`, a function of some module, in a process of its own."""
    process = _context.Process(target=run, args=arguments, daemon=True)
    process.start()
    return process


def was_killed(process: BaseProcess) -> bool:
    """Wait for the end; whether it came as `kill -9` brings it."""
    process.join(30)
    return process.exitcode == -signal.SIGKILL


def _run(work: Callable[[], object], failpoint: str, database: str, lake: str, temporary: object) -> None:
    connection.settings_dict["NAME"] = database
    settings.LAKE_URL = lake
    settings.ENGINE_TEMPORARY = temporary
    os.environ[failpoints.ENVIRONMENT] = failpoint
    work()
    connection.close()
