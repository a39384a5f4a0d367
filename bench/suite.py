"""Suite D50: 50 definitions, the rival's SQL for each, and the checksums of their members.

Everything is a file in ``d50/``, written before the engine was tuned: t is on traits, e with events, q a sequence,
s built on other segments.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from bench.world import Size, shape
from segments.rules.catalogue import Catalogue, SegmentEntry, Unit

FOLDER = Path(__file__).parent / "d50"


@dataclass(frozen=True)
class Question:
    """One definition; `key` is also the key of its segment."""

    key: str
    document: Mapping[str, Any]
    rival_sql: str

    @cached_property
    def unit(self) -> Unit:
        """What it counts."""
        return Unit(self.document["unit"])

    def checksum(self, ids: Iterable[int]) -> str:
        """As `manage.py evaluate` prints it: of the external ids, sorted, joined by newlines."""
        prefix = "p" if self.unit is Unit.PROFILE else "c"
        return hashlib.sha256("\n".join(f"{prefix}{number:07d}" for number in sorted(ids)).encode()).hexdigest()


def load() -> list[Question]:
    """All 50, those on traits first and those built on others last."""
    order = {"t": 0, "e": 1, "q": 2, "s": 3}
    files = sorted(FOLDER.glob("*.json"), key=lambda path: (order[path.stem[0]], path.stem))
    return [
        Question(path.stem, json.loads(path.read_text()), path.with_suffix(".clickhouse.sql").read_text())
        for path in files
    ]


def catalogue(questions: Iterable[Question]) -> Catalogue:
    """The world's catalogue with every definition as a segment that others may refer to."""
    return shape.catalogue({each.key: SegmentEntry(each.key, each.unit, each.document) for each in questions})


def checksums(size: Size) -> Mapping[str, str]:
    """Definition → checksum of the members that ClickHouse found; empty for a size that was never written down."""
    path = checksum_file(size)
    found: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    return found


def checksum_file(size: Size) -> Path:
    """Where the checksums of a size are."""
    return FOLDER.parent / "checksums" / f"{size.name}.json"
