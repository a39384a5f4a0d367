"""Planted mistakes of the compiler: is each of them found by the random comparison with the reference?

A mistake is a file `mistakes/NN-name.toml`: what it is, the file below `segments/rules`, a text that stands there once,
and what takes its place. `python -m tests.rules.planted SEED PAIRS` compares so many pairs with the compiler that the
path leads to, and prints after how many the first difference came.
"""

import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).parent / "mistakes"


@dataclass(frozen=True)
class Mistake:
    """One mistake that a person could make."""

    name: str
    mistake: str
    file: str
    find: str
    replace: str

    def plant(self, folder: Path) -> None:
        """Copies the compiler into a folder, with the mistake in it."""
        shutil.copytree(
            ROOT / "segments" / "rules", folder / "segments" / "rules", ignore=shutil.ignore_patterns("__pycache__")
        )
        (folder / "segments" / "__init__.py").touch()
        path = folder / "segments" / "rules" / self.file
        text = path.read_text(encoding="utf-8")
        assert text.count(self.find) == 1, (
            f"{self.name} no longer applies: its text stands {text.count(self.find)} times"
        )
        path.write_text(text.replace(self.find, self.replace), encoding="utf-8")


def read_mistakes() -> list[Mistake]:
    """All of them, in order."""
    paths = sorted(FOLDER.glob("*.toml"))
    return [Mistake(path.stem, **tomllib.loads(path.read_text(encoding="utf-8"))) for path in paths]


def pairs_until_found(folder: Path, seed: int, pairs: int) -> int | None:
    """How many pairs a comparison with the compiler in a folder needs; None if it finds nothing in so many."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.rules.planted", str(seed), str(pairs)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-2_000:]
    return int(ended.stdout) if ended.stdout.strip() else None


def hunt(seed: int, pairs: int) -> int | None:
    """The number of pairs up to the first difference; whatever else goes wrong is raised."""
    from tests.rules.oracle.engines import DuckEngine  # noqa: PLC0415  (the compiler of the folder, not of the parent)
    from tests.rules.oracle.pairs import Tally, check_world  # noqa: PLC0415

    engine, tally = DuckEngine(), Tally("duckdb")
    while tally.pairs < pairs:
        try:
            check_world(engine, seed, 6, tally)
        except AssertionError:
            return tally.pairs + 1
        seed += 1
    return None


if __name__ == "__main__":
    found = hunt(int(sys.argv[1]), int(sys.argv[2]))
    print("" if found is None else found)
