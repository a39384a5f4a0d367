"""The first reading of the whole input: how many rows, which values of which types, which rows repeat a key."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from profiles.ingest.evidence import Evidence

MOST_EVENTS = 1_000
MOST_FIELDS = 5_000


@dataclass(slots=True)
class Survey:
    """What the first reading has seen. `owner` is the event's name, "" for traits."""

    settled: frozenset[tuple[str, str]]
    evidence: dict[tuple[str, str], Evidence] = field(default_factory=dict)
    rows: int = 0

    def add(self, owner: str, fields: dict[str, list[Any]], lines: Sequence[int], *, typed: bool) -> None:
        """Take in the values of some rows; what is settled already needs no evidence."""
        for key, found in fields.items():
            if (owner, key) in self.settled:
                continue
            evidence = self.evidence.get((owner, key))
            if evidence is None:
                evidence = self.evidence[owner, key] = Evidence()
            if typed:
                evidence.add_typed(found)
            else:
                evidence.add_cells(found, lines)
