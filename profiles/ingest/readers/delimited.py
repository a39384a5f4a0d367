"""CSV: comma, semicolon or tab, quoted newlines, rows of the wrong length."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from profiles.ingest.readers.chunks import Broken, Table
from profiles.ingest.readers.opening import Opened, text_lines
from profiles.ingest.refusals import ImportRefusedError
from profiles.ingest.values import shown

SEPARATORS = ",;\t"
CELLS_PER_CHUNK = 75_000
ROWS_PER_CHUNK = 5_000
LARGEST_CELL = 4 * 1024 * 1024

csv.field_size_limit(LARGEST_CELL)


@dataclass(slots=True)
class DelimitedReader:
    """Reads one CSV file whose first row names the columns."""

    opened: Opened
    encoding: str

    def chunks(self) -> Iterator[Table]:
        """The rows in order, a bounded number of cells at a time."""
        lines = text_lines(self.opened, self.encoding)
        first = self._first_lines(lines)
        outside = "".join(first[-1].split('"')[::2])
        separator = max(SEPARATORS, key=outside.count)
        rows = csv.reader(chain(first, lines), delimiter=separator, strict=True)
        header = self._header(rows)
        size = max(50, min(ROWS_PER_CHUNK, CELLS_PER_CHUNK // len(header)))
        while True:
            chunk = self._chunk(rows, header, size)
            if chunk is None:
                return
            yield chunk

    def _first_lines(self, lines: Iterator[str]) -> list[str]:
        """The lines up to the first that is not blank, which names the columns."""
        first: list[str] = []
        for line in lines:
            first.append(line)
            if line.strip(" \t\r\n,;"):
                return first
        raise ImportRefusedError(f"{self.opened.path} is empty")

    def _header(self, rows: Any) -> list[str]:
        try:
            names = next([name.strip() for name in row] for row in rows if any(map(str.strip, row)))
        except (csv.Error, StopIteration) as error:
            raise ImportRefusedError(
                f"{self.opened.path}: the line that names the columns cannot be split: {error}"
            ) from error
        named = [name for name in names if name]
        twice = sorted({name for name in named if named.count(name) > 1})
        if twice:
            raise ImportRefusedError(
                f"{self.opened.path}, line {rows.line_num}: more than one column is called"
                f" {', '.join(map(shown, twice))}; give each column a name of its own"
            )
        return names

    def _chunk(self, rows: Any, header: list[str], size: int) -> Table | None:
        good: list[list[str]] = []
        lines: list[int] = []
        broken: list[Broken] = []
        width = len(header)
        before = rows.line_num
        ended = False
        while len(good) + len(broken) < size:
            try:
                for row in islice(rows, size - len(good) - len(broken)):
                    if len(row) == width and any(row):
                        good.append(row)
                        lines.append(before + 1)
                    elif any(row):
                        self._odd_row(row, before + 1, width, good, lines, broken)
                    before = rows.line_num
                ended = len(good) + len(broken) < size
                break
            except csv.Error as error:
                broken.append(self._unreadable(error, before + 1))
                before = rows.line_num
        if ended and not good and not broken:
            return None
        columns = [list(cells) for cells in zip(*good, strict=True)] if good else [[] for _ in header]
        named = {name: cells for name, cells in zip(header, columns, strict=True) if name}
        return Table(lines, named, broken, typed=False)

    def _odd_row(
        self, row: list[str], line: int, width: int, good: list[list[str]], lines: list[int], broken: list[Broken]
    ) -> None:
        if len(row) > width and not any(row[width:]):
            good.append(row[:width])
            lines.append(line)
        else:
            broken.append(Broken(line, f"the row has {len(row)} cells, the header has {width}", row))

    def _unreadable(self, error: csv.Error, line: int) -> Broken:
        words = str(error)
        if "field larger" in words or "unexpected end of data" in words:
            raise ImportRefusedError(
                f"{self.opened.path}, line {line}: a quote that opens here is not closed; everything after it would be "
                "one cell. Close the quote, or double it if it belongs to the text."
            )
        return Broken(line, f"the row cannot be split into cells: {words}", [])
