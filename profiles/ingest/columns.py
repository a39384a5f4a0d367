"""A whole column of a chunk at once: values with the reasons of those refused, and their JSON.

Chunks are read column by column because that is several times faster than value by value: most columns are clean, and
one test of all cells joined together says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from json.encoder import encode_basestring
from typing import Any

from profiles.ingest import values
from profiles.ingest.refusals import RefusedError
from profiles.ingest.values import BOUND, NULL, Parse
from profiles.models import TraitType

PLAIN = "0123456789.-"


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
    if reading.type == TraitType.TEXT and _clean(cells):
        return Column(reading.type, [cell or None for cell in cells])
    return _one_by_one([cell or None for cell in cells], reading, reading.parser(typed=False))


def read_typed(found: Sequence[Any], reading: Reading) -> Column:
    """A column of JSON or Parquet values; None is nothing said, NULL is taken away."""
    if reading.type == TraitType.TEXT:
        kinds = set(map(type, found))
        if kinds <= {str, type(None)} and _clean([value for value in found if value]):
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


def _clean(cells: Sequence[str]) -> bool:
    joined = "".join(cells)
    if "\0" in joined:
        return False
    try:
        joined.encode()
    except UnicodeEncodeError:
        return False
    return True


def _one_by_one(found: Sequence[Any], reading: Reading, parse: Parse) -> Column:
    column = Column(reading.type, [None] * len(found))
    for position, value in enumerate(found):
        if value is None:
            continue
        if value is NULL:
            column.values[position] = NULL
            continue
        try:
            column.values[position] = parse(value)
        except RefusedError as error:
            column.refused[position] = str(error)
    return column


def json_members(key: str, column: Column) -> list[str]:
    """``"key":value`` for every row that has one, "" for the rest."""
    name = encode_basestring(key) + ":"
    if column.type == TraitType.NUMBER:
        return [name + _number_text(value) if value.__class__ is float else "" for value in column.values]
    if column.type == TraitType.TEXT:
        return [name + encode_basestring(value) if value.__class__ is str else "" for value in column.values]
    if column.type == TraitType.BOOLEAN:
        words = {True: name + "true", False: name + "false"}
        return [words.get(value, "") for value in column.values]
    if column.type == TraitType.DATETIME:
        return [
            f'{name}"{value.isoformat(timespec="microseconds")[:26]}Z"' if isinstance(value, datetime) else ""
            for value in column.values
        ]
    return [
        f"{name}[{','.join(map(encode_basestring, value))}]" if isinstance(value, list) else ""
        for value in column.values
    ]


def _number_text(value: float) -> str:
    digits = repr(value)
    return digits[:-2] if digits.endswith(".0") else digits
