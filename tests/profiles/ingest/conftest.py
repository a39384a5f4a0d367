"""Running an import command in this process, on files that a test writes."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

Write = Callable[[str, str | bytes], Path]


@dataclass(frozen=True)
class Ended:
    """How a command ended: exit status, what it printed, what it told."""

    status: int
    out: str
    err: str

    def number(self, name: str) -> int:
        """The number on the line `name` of the summary."""
        found = [line.split(": ")[1] for line in self.out.splitlines() if line.strip().startswith(f"{name}: ")]
        assert found, f"no line {name!r} in\n{self.out}"
        return int(found[0])

    def rejects(self) -> list[list[str]]:
        """The rows of the rejects file that the summary names: file, line, reason, row."""
        path = Path(self.out.split("rejects file: ")[1].splitlines()[0])
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))[1:]


Import = Callable[..., Ended]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file of this test: its name and content."""

    def writing(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return writing


@pytest.fixture
def run(transactional_db: None, settings: Settings, tmp_path: Path) -> Import:
    """Run a command: `run("import_profiles", path, "--yes")`."""
    settings.REGISTRY_HOME = tmp_path / "home"

    def running(command: str, *arguments: object) -> Ended:
        out, err = StringIO(), StringIO()
        try:
            call_command(command, *map(str, arguments), stdout=out, stderr=err)
        except CommandError as error:
            return Ended(error.returncode, out.getvalue(), f"{err.getvalue()}\n{error}")
        return Ended(0, out.getvalue(), err.getvalue())

    return running
