"""What a first reading of the whole input shows about the type of a trait or property that is new.

A column of cells is of a type if all its cells are; a JSON or Parquet column is of the type that most of its values
have, and the rest will be refused. A column without a value has no type.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from profiles.ingest.naming import Found
from profiles.ingest.values import INSTANT, NULL, shown
from profiles.models import TraitType

OBJECT = "object"
# Whole numbers of 13 digits and more, or with a zero or a plus in front, are codes rather than amounts.
NUMBER_CELL = r"-?(?:(?:0|[1-9]\d{0,11})(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?"
NO_NUMBER_CELL = r"[+-]?(?:nan|NaN|NAN|inf|Inf|INF|infinity|Infinity)"
CELL: dict[str, str] = {  # in the syntax of Arrow's regular expressions, for the whole cell
    TraitType.NUMBER: f"^(?:{NUMBER_CELL}|{NO_NUMBER_CELL})$",
    TraitType.BOOLEAN: "^(?i:true|false)$",
    TraitType.DATETIME: f"^(?:{INSTANT.pattern})$",
    TraitType.LIST: r"(?s)^\[.*\]$",
}
PROVES_NUMBER = f"^(?:{NUMBER_CELL})$"
DATED = r"^(?:\d{1,2}(?:-\d{1,2}-|/\d{1,2}/|\.\d{1,2}\.)\d{2,4}\b|\d{4}(?:-\d{1,2}-|/\d{1,2}/|\.\d{1,2}\.)\d{1,2}\b)"


@dataclass(slots=True)
class Evidence:
    """What is known so far about one column: how many values, and what they can be."""

    filled: int = 0
    possible: list[str] = field(default_factory=lambda: list(CELL))
    kinds: Counter[str] = field(default_factory=Counter)
    proven: bool = False
    dated: bool = True
    note: str = ""

    def add_cells(self, cells: pa.Array, lines: Sequence[int]) -> None:
        """Take in a column of CSV cells with their line numbers."""
        if self.filled and not self.possible and not self.dated:
            return  # a text, whatever comes
        trimmed = pc.utf8_trim_whitespace(cells)
        there = pc.not_equal(trimmed, "")
        filled = trimmed.filter(there)
        if not len(filled):
            return
        for kind in list(self.possible):
            fitting = pc.match_substring_regex(filled, CELL[kind])
            if not pc.all(fitting).as_py():
                self.possible.remove(kind)
                self._note(kind, pc.index(fitting, False).as_py(), cells, lines, there)
        self.filled += len(filled)
        self.dated = self.dated and pc.all(pc.match_substring_regex(filled, DATED)).as_py()
        if not self.proven and TraitType.NUMBER in self.possible:
            self.proven = pc.any(pc.match_substring_regex(filled, PROVES_NUMBER)).as_py()

    def _note(self, kind: str, first: int, cells: pa.Array, lines: Sequence[int], there: pa.Array) -> None:
        """Remember the cell that made a column a text after cells that looked like `kind`: the `first` of those that
        are `there`, counted from 0."""
        if (self.filled or first) and not self.note:
            place = pc.indices_nonzero(there)[first].as_py()
            self.note = f"line {lines[place]} holds {shown(cells[place].as_py())}, not a {kind}"

    def add_typed(self, found: Found) -> None:
        """Take in a column of Parquet or JSON values."""
        if isinstance(found, list):
            counts = Counter(map(_kind_name, found))
            texts = [value for value in found if isinstance(value, str)]
        else:
            counts = Counter({_arrow_kind(found.type): len(found) - found.null_count})
            texts = found if pa.types.is_string(found.type) else []
        if TraitType.DATETIME in self.possible and not _all_instants(texts):
            self.possible.remove(TraitType.DATETIME)
        for name, count in counts.items():
            if name and count:
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


def _all_instants(texts: Found) -> bool:
    if isinstance(texts, list):
        return all(map(INSTANT.fullmatch, texts))
    return bool(pc.all(pc.match_substring_regex(texts, CELL[TraitType.DATETIME])).as_py() is not False)


def _arrow_kind(kind: pa.DataType) -> str:
    order = (
        (pa.types.is_null, ""),
        (pa.types.is_boolean, TraitType.BOOLEAN.value),
        (pa.types.is_string, TraitType.TEXT.value),
        (pa.types.is_integer, TraitType.NUMBER.value),
        (pa.types.is_floating, TraitType.NUMBER.value),
        (pa.types.is_decimal, TraitType.NUMBER.value),
        (pa.types.is_list, TraitType.LIST.value),
        (pa.types.is_large_list, TraitType.LIST.value),
        (pa.types.is_timestamp, TraitType.DATETIME.value),
        (pa.types.is_date, TraitType.DATETIME.value),
    )
    return next((name for known, name in order if known(kind)), OBJECT)


def _kind_name(value: object) -> str:
    if value is None or value is NULL:
        return ""
    order = (
        (bool, TraitType.BOOLEAN.value),
        (str, TraitType.TEXT.value),
        (int | float, TraitType.NUMBER.value),
        (list, TraitType.LIST.value),
    )
    return next((name for known, name in order if isinstance(value, known)), OBJECT)
