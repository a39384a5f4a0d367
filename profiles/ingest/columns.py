"""A whole column of a chunk at once: values with the reasons of those refused, and their JSON.

Chunks are read column by column because that is several times faster than value by value: most columns are clean, and
one test of all cells joined together says so.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from json.encoder import encode_basestring
from typing import Any

from profiles.ingest import values
from profiles.ingest.refusals import RefusedError
from profiles.ingest.values import BOUND, FIRST_YEAR, LAST_YEAR, NULL, Parse
from profiles.models import TraitType

PLAIN = "0123456789.-"
DAYS = re.compile(r"(?:\d{4}-\d\d-\d\d\n)+", re.ASCII)
TIMES = re.compile(r"(?:\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:\d\d(?:\.\d{1,6})?Z\n)+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Reading:
    """How one column is read: the type it should have, and how its texts are turned into it."""

    type: str
    zone: tzinfo
    separator: str | None = None
    date_form: str | None = None

    def parser(self, *, typed: bool) -> Parse:
        """Reads one value that is there."""
        if self.separator is not None and self.type == TraitType.LIST:
            return values.split_parser(self.separator)
        if self.date_form is not None and self.type == TraitType.DATETIME:
            return values.date_parser(self.date_form, self.zone)
        return values.typed_parser(self.type, self.zone) if typed else values.cell_parser(self.type, self.zone)


@dataclass(slots=True)
class Column:
    """The values of one column, None where the file says nothing and NULL where it takes away; why some are refused."""

    type: str
    values: list[Any]
    refused: dict[int, str] = field(default_factory=dict)


def read_cells(cells: Sequence[str], reading: Reading) -> Column:
    """A column of CSV cells; an empty cell says nothing."""
    if reading.type == TraitType.NUMBER and (numbers := _plain_numbers(cells)) is not None:
        return Column(reading.type, numbers)
    if reading.type == TraitType.TEXT and clean(cells):
        return Column(reading.type, [cell or None for cell in cells])
    if reading.type == TraitType.DATETIME and reading.date_form is None and (moments := _plain_instants(cells)):
        return Column(reading.type, moments)
    return _one_by_one([cell or None for cell in cells], reading, reading.parser(typed=False))


def read_typed(found: Sequence[Any], reading: Reading) -> Column:
    """A column of JSON or Parquet values; None is nothing said, NULL is taken away."""
    if reading.type == TraitType.TEXT:
        kinds = set(map(type, found))
        if kinds <= {str, type(None)} and clean([value for value in found if value]):
            return Column(reading.type, list(found))
    return _one_by_one(found, reading, reading.parser(typed=True))


def _plain_numbers(cells: Sequence[str]) -> list[Any] | None:
    if "".join(cells).strip(PLAIN):
        return None
    try:
        numbers = [float(cell) + 0.0 for cell in cells if cell]
    except ValueError:
        return None
    if numbers and max(max(numbers), -min(numbers)) >= BOUND:
        return None
    if len(numbers) == len(cells):
        return numbers
    remaining = iter(numbers)
    return [next(remaining) if cell else None for cell in cells]


def _plain_instants(cells: Sequence[str]) -> list[Any] | None:
    """The instants of a column that holds nothing but dates, or nothing but times of UTC; None for any other."""
    distinct = {cell for cell in cells if cell}
    lines = "\n".join(distinct) + "\n"
    end = "" if DAYS.fullmatch(lines) else "Z" if TIMES.fullmatch(lines) else None
    if end is None:
        return None
    try:
        moments = {cell: datetime.fromisoformat(cell if end else f"{cell}T00:00:00Z") for cell in distinct}
    except ValueError:
        return None
    years = {moment.year for moment in moments.values()}
    if min(years) < FIRST_YEAR or max(years) > LAST_YEAR:
        return None
    return [moments.get(cell) for cell in cells]


def clean(cells: Sequence[str]) -> bool:
    """Whether all are valid Unicode without U+0000."""
    joined = "".join(cells)
    if "\0" in joined:
        return False
    try:
        joined.encode()
    except UnicodeEncodeError:
        return False
    return True


def _one_by_one(found: Sequence[Any], reading: Reading, parse: Parse) -> Column:
    """Value by value; a text that comes again is not parsed again."""
    column = Column(reading.type, [None] * len(found))
    parsed: dict[str, Any] = {}
    for position, value in enumerate(found):
        if value is None:
            continue
        if value is NULL:
            column.values[position] = NULL
            continue
        is_text = value.__class__ is str
        if is_text and value in parsed:
            column.values[position] = parsed[value]
            continue
        try:
            column.values[position] = result = parse(value)
        except RefusedError as error:
            column.refused[position] = str(error)
            continue
        if is_text:
            parsed[value] = result
    return column


def json_members(key: str, column: Column) -> list[str]:
    """``"key":value`` for every row that has one, "" for the rest."""
    name = encode_basestring(key) + ":"
    write = _WRITERS[column.type]
    members = {value: name + write(value) for value in set(column.values) if value is not None and value is not NULL}
    return [members.get(value, "") for value in column.values]


def _number_text(value: float) -> str:
    digits = repr(value)
    return digits[:-2] if digits.endswith(".0") else digits


_WRITERS: dict[str, Callable[[Any], str]] = {
    TraitType.TEXT: encode_basestring,
    TraitType.NUMBER: _number_text,
    TraitType.BOOLEAN: lambda value: "true" if value else "false",
    TraitType.DATETIME: lambda value: f'"{value.isoformat(timespec="microseconds")[:26]}Z"',
    TraitType.LIST: lambda value: f"[{','.join(map(encode_basestring, value))}]",
}
