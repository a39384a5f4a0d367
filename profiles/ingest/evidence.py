"""What a first reading of the whole input shows about the type of a trait or property that is new.

A column of cells is of a type if all its cells are; a JSON or Parquet column is of the type that most of its values
have, and the rest will be refused. A column without a value has no type.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from profiles.ingest.values import INSTANT, NULL, shown
from profiles.models import TraitType

OBJECT = "object"
# Whole numbers of 13 digits and more, or with a zero or a plus in front, are codes rather than amounts.
NUMBER_CELL = r"-?(?:(?:0|[1-9]\d{0,11})(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?"
NO_NUMBER_CELL = r"[+-]?(?:nan|NaN|NAN|inf|Inf|INF|infinity|Infinity)"
CELL: dict[str, re.Pattern[str]] = {
    TraitType.NUMBER: re.compile(f"{NUMBER_CELL}|{NO_NUMBER_CELL}", re.ASCII),
    TraitType.BOOLEAN: re.compile(r"true|false", re.ASCII | re.IGNORECASE),
    TraitType.DATETIME: INSTANT,
    TraitType.LIST: re.compile(r"\[.*\]", re.DOTALL),
}
COLUMN: dict[str, re.Pattern[str]] = {
    kind: re.compile(rf"(?:(?:{pattern.pattern})\n)*", pattern.flags & ~re.UNICODE)
    for kind, pattern in CELL.items()
    if kind != TraitType.LIST
}
DATED = re.compile(r"\d{1,2}([-/.])\d{1,2}\1\d{2,4}\b|\d{4}([-/.])\d{1,2}\2\d{1,2}\b", re.ASCII)
PROVES_NUMBER = re.compile(NUMBER_CELL, re.ASCII)


@dataclass(slots=True)
class Evidence:
    """What is known so far about one column: how many values, and what they can be."""

    filled: int = 0
    possible: list[str] = field(default_factory=lambda: list(CELL))
    kinds: Counter[str] = field(default_factory=Counter)
    proven: bool = False
    dated: bool = True
    note: str = ""

    def add_cells(self, cells: Sequence[str], lines: Sequence[int]) -> None:
        """Take in a column of CSV cells with their line numbers."""
        filled = [cell.strip() for cell in cells if cell]
        filled = [cell for cell in filled if cell]
        if not filled:
            return
        for kind in list(self.possible):
            if not self._all_are(kind, filled):
                self.possible.remove(kind)
                self._note(kind, cells, lines)
        self.filled += len(filled)
        self.dated = self.dated and all(map(DATED.match, filled))
        if not self.proven and TraitType.NUMBER in self.possible:
            self.proven = any(PROVES_NUMBER.fullmatch(cell) for cell in filled)

    def _all_are(self, kind: str, filled: list[str]) -> bool:
        pattern = COLUMN.get(kind)
        if pattern is None:
            return all(cell[0] == "[" and cell[-1] == "]" for cell in filled)
        if CELL[kind].fullmatch(filled[0]) is None:
            return False
        return pattern.fullmatch("\n".join(filled) + "\n") is not None

    def _note(self, kind: str, cells: Sequence[str], lines: Sequence[int]) -> None:
        """Remember the cell that made a column a text after cells that looked like `kind`."""
        pattern, before = CELL[kind], self.filled
        for cell, line in zip(cells, lines, strict=True):
            stripped = cell.strip()
            if stripped and pattern.fullmatch(stripped) is None:
                if before and not self.note:
                    self.note = f"line {line} holds {shown(cell)}, not a {kind}"
                return
            before += bool(stripped)

    def add_typed(self, found: Sequence[Any]) -> None:
        """Take in a column of JSON or Parquet values."""
        for kind, count in Counter(map(type, found)).items():
            name = _kind_name(kind)
            if name == TraitType.TEXT and TraitType.DATETIME in self.possible:
                strings = [value for value in found if isinstance(value, str)]
                if not all(map(INSTANT.fullmatch, strings)):
                    self.possible.remove(TraitType.DATETIME)
            if name:
                self.kinds[name] += count
                self.filled += count

    def type(self) -> str | None:
        """The type that the column has; "object" for one that none of the five fits; None without a value."""
        if not self.filled:
            return None
        if not self.kinds:
            left = [kind for kind in self.possible if kind != TraitType.NUMBER or self.proven]
            if not left and self.dated:
                self.note = "dates? Say how to read them with --date COLUMN=PATTERN"
            return left[0] if left else TraitType.TEXT.value
        most = max(self.kinds, key=lambda kind: self.kinds[kind])
        if most == TraitType.TEXT and TraitType.DATETIME in self.possible:
            most = TraitType.DATETIME.value
        others = self.filled - self.kinds[most] - (self.kinds[TraitType.TEXT] if most == TraitType.DATETIME else 0)
        if others and most != OBJECT:
            self.note = f"{others} values are of another type and will be refused"
        return most


def _kind_name(kind: type) -> str:
    if kind in (type(None), type(NULL)):
        return ""
    order = (
        (bool, TraitType.BOOLEAN.value),
        (str, TraitType.TEXT.value),
        (int, TraitType.NUMBER.value),
        (float, TraitType.NUMBER.value),
        (Decimal, TraitType.NUMBER.value),
        (list, TraitType.LIST.value),
        (datetime, TraitType.DATETIME.value),
        (date, TraitType.DATETIME.value),
    )
    return next((name for known, name in order if issubclass(kind, known)), OBJECT)
