"""The file of rows that could not be taken: where each was, why, and what it said."""

import csv
import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from lib.formulas import escape_formula
from profiles.ingest.refusals import ImportRefusedError

HEADER = ("file", "line", "reason", "row")
REASONS_KEPT = 1_000


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was not taken, or of which one value was not (`part`)."""

    file: str
    line: int
    reason: str
    raw: Any
    kind: str
    part: bool = False


@dataclass(slots=True)
class Rejects:
    """Writes refusals to a CSV file, which is made when the first one comes, and counts them by kind of reason.

    Beyond `most_characters` they are counted only.
    """

    path: Path
    most_characters: int | None = None
    rows: int = 0
    parts: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    _file: TextIO | None = None
    _written: int = 0

    def start(self) -> None:
        """Make the file now. Raises `ImportRefusedError` where that is not possible."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("w", encoding="utf-8", newline="")
            self.path.chmod(0o600)
        except OSError as error:
            raise ImportRefusedError(f"--rejects {self.path}: {error.strerror}") from error
        csv.writer(self._file).writerow(HEADER)

    def add(self, refusal: Refusal) -> None:
        """Write one down."""
        if self._file is None:
            self.start()
        assert self._file is not None  # start() has made it
        raw = json.dumps(refusal.raw, ensure_ascii=True, default=str)
        if self.most_characters is None or self._written < self.most_characters:
            csv.writer(self._file).writerow((refusal.file, refusal.line, escape_formula(_escaped(refusal.reason)), raw))
            self._written += len(raw) + len(refusal.reason)
        self.rows += not refusal.part
        self.parts += refusal.part
        if refusal.kind in self.kinds or len(self.kinds) < REASONS_KEPT:
            self.kinds[refusal.kind] += 1

    def close(self) -> None:
        """Have everything on disk."""
        if self._file is not None:
            self._file.close()


def _escaped(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\0")
