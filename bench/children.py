"""Processes that are measured: how long they run and how much memory they take at most."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from types import TracebackType
from typing import Any


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended: seconds from its start, the most memory it held, what it printed."""

    seconds: float
    peak_mb: float
    stdout: str


class FailedError(Exception):
    """A process that should be measured did not do its work."""


def measure(arguments: Sequence[str], environment: Mapping[str, str]) -> Ended:
    """Run Python with `arguments` to its end. Raises `FailedError` where the exit status is not 0."""
    began = perf_counter()
    child = subprocess.Popen([sys.executable, *arguments], env=dict(environment), stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None  # a pipe was asked for
    printed = child.stdout.read()
    seconds = perf_counter() - began
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise FailedError(f"{' '.join(arguments)} ended with status {child.returncode}: {printed}")
    return Ended(seconds, usage.ru_maxrss / 1024, printed)


class Conversation:
    """A Python process that answers lines of JSON with lines of JSON; a context manager.

    `peak_mb` is known when it has ended.
    """

    def __init__(self, module: str, environment: Mapping[str, str]) -> None:
        self.module = module
        self.environment = environment
        self.peak_mb = 0.0

    def __enter__(self) -> "Conversation":
        command = [sys.executable, "-m", self.module]
        pipe = subprocess.PIPE
        self._child = subprocess.Popen(command, env=dict(self.environment), stdin=pipe, stdout=pipe, text=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._child.stdin is not None:
            self._child.stdin.close()
        _, status, usage = os.wait4(self._child.pid, 0)
        self._child.returncode = os.waitstatus_to_exitcode(status)
        self.peak_mb = usage.ru_maxrss / 1024

    def ask(self, question: str) -> Any:
        """The answer to one line. Raises `FailedError` where the process ended instead."""
        assert self._child.stdin is not None  # pipes were asked for
        assert self._child.stdout is not None
        self._child.stdin.write(json.dumps(question) + "\n")
        self._child.stdin.flush()
        answer = self._child.stdout.readline()
        if not answer:
            raise FailedError(f"{self.module} ended instead of answering {question!r}; its log is above")
        return json.loads(answer)
