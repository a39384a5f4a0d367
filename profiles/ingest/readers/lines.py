"""JSON lines: one object per line."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from profiles.ingest.readers.chunks import Broken, Records
from profiles.ingest.readers.opening import Opened, TextLines
from profiles.ingest.refusals import ImportRefusedError

ROWS_PER_CHUNK = 5_000
CHARACTERS_PER_CHUNK = 4 * 1024 * 1024


@dataclass(slots=True)
class LinesReader:
    """Reads one file of JSON lines; blank lines are passed over."""

    opened: Opened
    encoding: str

    def chunks(self) -> Iterator[Records]:
        """The rows in order, a bounded number at a time."""
        lines: list[int] = []
        records: list[dict[str, Any]] = []
        broken: list[Broken] = []
        size = 0
        for number, line in enumerate(TextLines(self.opened, self.encoding), 1):
            if not line.strip():
                continue
            record = self._record(line, number)
            if isinstance(record, Broken):
                broken.append(record)
            else:
                records.append(record)
                lines.append(number)
            size += len(line)
            if len(lines) + len(broken) >= ROWS_PER_CHUNK or size >= CHARACTERS_PER_CHUNK:
                yield Records(lines, records, broken)
                lines, records, broken, size = [], [], [], 0
        if lines or broken:
            yield Records(lines, records, broken)

    def _record(self, line: str, number: int) -> dict[str, Any] | Broken:
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            return Broken(number, f"the line is not JSON: {error}", line.rstrip("\r\n")[:2000])
        if isinstance(value, dict):
            return value
        if number == 1 and isinstance(value, list):
            raise ImportRefusedError(
                f"{self.opened.name}: the file is one JSON array; write one object per line instead (JSON lines)"
            )
        return Broken(number, "the line is not a JSON object", line.rstrip("\r\n")[:2000])
