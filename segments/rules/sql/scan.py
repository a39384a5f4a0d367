"""What an evaluation reads, so that a snapshot opens only the months and columns that it needs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from segments.rules.moments import Span


@dataclass(frozen=True, slots=True)
class TableScan:
    """The columns that are read of a table and, of events, the time range [start, end); None is open."""

    columns: frozenset[str]
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Scan:
    """Table name of the warehouse layout -> what is read of it; tables that are not here are not read."""

    tables: Mapping[str, TableScan] = field(default_factory=lambda: MappingProxyType({}))

    def merged(self, other: "Scan") -> "Scan":
        """What two evaluations over one snapshot read."""
        notes = ScanNotes()
        for scan in (self, other):
            for name, table in scan.tables.items():
                notes.note(name, table.columns, Span(table.start, table.end))
        return notes.scan()


class ScanNotes:
    """Collects what is read while a query is built."""

    def __init__(self) -> None:
        self._columns: dict[str, set[str]] = {}
        self._spans: dict[str, Span] = {}

    def note(self, table: str, columns: Iterable[str], span: Span | None = None) -> None:
        """These columns of a table are read, of events in this span."""
        self._columns.setdefault(table, set()).update(columns)
        span = span or Span(None, None)
        known = self._spans.get(table)
        self._spans[table] = span if known is None else hull((known, span))

    def scan(self) -> Scan:
        """Everything noted so far."""
        return Scan(
            MappingProxyType(
                {
                    name: TableScan(frozenset(columns), self._spans[name].start, self._spans[name].end)
                    for name, columns in sorted(self._columns.items())
                }
            )
        )


def hull(spans: Iterable[Span]) -> Span:
    """The smallest span that holds all that are not empty; an empty one if all are."""
    spans = tuple(spans)
    filled = [span for span in spans if not span.empty] or [spans[0]]
    starts = [span.start for span in filled]
    ends = [span.end for span in filled]
    return Span(
        None if None in starts else min(start for start in starts if start is not None),
        None if None in ends else max(end for end in ends if end is not None),
    )
