"""Talks to the process that holds ClickHouse."""

import json
import shutil
import subprocess
import sys
from array import array
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from bench.rival import tables
from bench.rival.worker import MISSING
from bench.world.files import WorldFiles, generator


class RivalMissingError(Exception):
    """There is nobody to race against; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class RivalAnswer:
    """The ids, unsorted, and how long ClickHouse took for them: by the clock, and of all processors together."""

    ids: "array[int]"
    seconds: float
    cpu: float


class Rival:
    """ClickHouse with the world in it; a context manager. Where chdb is not installed, `ask` says so."""

    def __init__(self, folder: Path, files: WorldFiles, threads: int) -> None:
        self.folder = folder
        self.files = files
        self.threads = threads

    def __enter__(self) -> "Rival":
        stamp = self.folder.with_suffix(".loaded")
        wanted = generator() + "\n".join(tables.statements(self.files))
        loaded = stamp.exists() and stamp.read_text() == wanted
        if not loaded:
            stamp.unlink(missing_ok=True)
            shutil.rmtree(self.folder, ignore_errors=True)
        command = [sys.executable, "-m", "bench.rival.worker", str(self.folder), str(self.threads)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if not loaded:
            with suppress(RivalMissingError):  # whoever asks is told
                self._load()
                stamp.write_text(wanted)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.stdin:
            with suppress(BrokenPipeError):
                self._process.stdin.close()
        self._process.wait()

    def _load(self) -> None:
        print("Loading ClickHouse ...", file=sys.stderr)
        for statement in tables.statements(self.files):
            self.ask(statement)

    def ask(self, sql: str) -> RivalAnswer:
        """Run one statement. Raises `RivalMissingError`, and RuntimeError with ClickHouse's own words."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the process of the rival has no pipes")
        try:
            self._process.stdin.write(json.dumps(sql).encode() + b"\n")
            self._process.stdin.flush()
            head = self._process.stdout.readline()
        except BrokenPipeError:
            head = b""
        if not head:
            raise RivalMissingError(self._farewell())
        answer = json.loads(head)
        ids = array("Q")
        ids.frombytes(self._process.stdout.read(answer["bytes"]))
        if "error" in answer:
            raise RuntimeError(f"ClickHouse refused {sql.strip()[:200]!r}: {answer['error']}")
        return RivalAnswer(ids, answer["seconds"], answer["cpu"])

    def _farewell(self) -> str:
        if self._process.wait() == MISSING:
            return "chdb is not installed: make bench installs it, or pip install -r requirements-bench.txt"
        return f"ClickHouse ended with status {self._process.returncode}"
