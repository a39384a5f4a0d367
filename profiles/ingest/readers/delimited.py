"""CSV: comma, semicolon or tab, quoted newlines, rows of the wrong length."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

import pyarrow as pa

from profiles.ingest.readers import plain
from profiles.ingest.readers.chunks import Broken, Table
from profiles.ingest.readers.opening import Opened, TextLines
from profiles.ingest.refusals import ImportRefusedError
from profiles.ingest.values import shown

SEPARATORS = ",;\t"
CELLS_PER_CHUNK = 150_000
ROWS_PER_CHUNK = 10_000
LARGEST_CELL = 4 * 1024 * 1024

csv.field_size_limit(LARGEST_CELL)


@dataclass(slots=True)
class DelimitedReader:
    """Reads one CSV file whose first row names the columns."""

    opened: Opened
    encoding: str

    def chunks(self) -> Iterator[Table]:
        """The rows in order, a bounded number of cells at a time.

        Lines that are beyond doubt are split by Arrow, many at once; where anything is odd, Python does it row by row.
        """
        lines = TextLines(self.opened, self.encoding)
        first = self._first_lines(lines)
        outside = "".join(first[-1].split('"')[::2])
        separator = max(SEPARATORS, key=outside.count)
        rows = csv.reader(chain(first, lines), delimiter=separator, strict=True)
        header = self._header(rows)
        size = max(50, min(ROWS_PER_CHUNK, CELLS_PER_CHUNK // len(header)))
        while True:
            block = lines.block()
            columns = plain.split(block, len(header), separator) if len(block) <= LARGEST_CELL else None
            if columns is not None:
                yield from self._tables(lines, header, columns, size)
                continue
            self.opened.give_back(block)
            chunk = self._chunk(rows, lines, header, size)
            if chunk is None:
                return
            yield chunk

    def _tables(self, lines: TextLines, header: list[str], columns: list[pa.Array], size: int) -> Iterator[Table]:
        """The lines of a block, each of which is a row."""
        first, count = lines.number + 1, len(columns[0])
        lines.passed(count)
        for begin in range(0, count, size):
            part = {name: cells.slice(begin, size) for name, cells in zip(header, columns, strict=True) if name}
            yield Table(range(first + begin, first + min(begin + size, count)), part, [], typed=False)

    def _first_lines(self, lines: Iterator[str]) -> list[str]:
        """The lines up to the first that is not blank, which names the columns."""
        first: list[str] = []
        for line in lines:
            first.append(line)
            if line.strip(" \t\r\n,;"):
                return first
        raise ImportRefusedError(f"{self.opened.name} is empty")

    def _header(self, rows: Any) -> list[str]:
        try:
            names = next([name.strip() for name in row] for row in rows if any(map(str.strip, row)))
        except (csv.Error, StopIteration) as error:
            raise ImportRefusedError(
                f"{self.opened.name}: the line that names the columns cannot be split: {error}"
            ) from error
        named = [name for name in names if name]
        twice = sorted({name for name in named if named.count(name) > 1})
        if twice:
            raise ImportRefusedError(
                f"{self.opened.name}, line {rows.line_num}: more than one column is called"
                f" {', '.join(map(shown, twice))}; give each column a name of its own"
            )
        return names

    def _chunk(self, rows: Any, lines: TextLines, header: list[str], size: int) -> Table | None:
        good: list[list[str]] = []
        numbers: list[int] = []
        broken: list[Broken] = []
        width = len(header)
        before = lines.number
        while room := size - len(good) - len(broken):
            taken = 0
            try:
                for row in islice(rows, room):
                    taken += 1
                    if len(row) == width and any(row):
                        good.append(row)
                        numbers.append(before + 1)
                    elif any(row):
                        self._odd_row(row, before + 1, width, good, numbers, broken)
                    before = lines.number
                if taken < room:
                    break
            except csv.Error as error:
                broken.append(self._unreadable(error, before + 1))
                before = lines.number
        if not good and not broken:
            return None
        columns = zip(*good, strict=True) if good else ([] for _ in header)
        named = {name: pa.array(cells, pa.string()) for name, cells in zip(header, columns, strict=True) if name}
        return Table(numbers, named, broken, typed=False)

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
                f"{self.opened.name}, line {line}: a quote that opens here is not closed; everything after it would be "
                "one cell. Close the quote, or double it if it belongs to the text."
            )
        return Broken(line, f"the row cannot be split into cells: {words}", [])
