"""The one table of operators and measures.

Validation, words, SQL, the JSON schema and the page's builder all read it; no other module lists operators.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from segments.rules.catalogue import Type
from segments.rules.nodes import Measure


class Takes(StrEnum):
    """What the `value` of an operator is."""

    NOTHING = "nothing"
    TEXT = "text"
    PART = "part"
    """A text that is not empty."""
    PATTERN = "pattern"
    TEXTS = "texts"
    NUMBER = "number"
    NUMBERS = "numbers"
    NUMBER_PAIR = "number_pair"
    """Both ends belong to it."""
    PERCENT = "percent"
    """Above 0, at most 100, at most two decimals."""
    BOOLEAN = "boolean"
    INSTANT = "instant"
    INSTANT_PAIR = "instant_pair"
    """The first belongs to it, the second does not."""
    DURATION = "duration"
    DURATION_TO_A_YEAR = "duration_to_a_year"
    """Days, weeks, months or a year; at most one year."""


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator of one operand type.

    `phrase` says it in English after "whose X", with ``{}`` where the value stands (names of lists are plurals);
    `choice` is what a list of operators calls it where its phrase would not tell it from another.
    `negative` operators are the opposite of another one wherever the operand is present; like all others they are
    false where it is missing.
    """

    name: str
    takes: Takes
    phrase: str
    ignore_case: bool = False
    trait_only: bool = False
    negative: bool = False
    choice: str = ""

    @property
    def label(self) -> str:
        """The operator's name in a list to choose from: "is more than"."""
        return self.choice or " ".join(self.phrase.replace("{}", "").split())

    @property
    def missing(self) -> bool:
        """Whether the leaf may say what happens to a missing operand."""
        return self.takes is not Takes.NOTHING


@dataclass(frozen=True, slots=True)
class MeasureKind:
    """One measure: the type of its result, and what it needs.

    `of` holds the types of property that it can be taken of (empty: it takes none); `can_miss` says that the result
    may be missing, so that the leaf may say `missing`.
    """

    name: Measure
    result: Type
    of: frozenset[Type] = frozenset()
    of_required: bool = False
    can_miss: bool = False


_PRESENCE = (
    Operator("is_set", Takes.NOTHING, "is known"),
    Operator("is_not_set", Takes.NOTHING, "is not known", negative=True),
)

_TEXT = (
    Operator("eq", Takes.TEXT, "is {}", ignore_case=True),
    Operator("ne", Takes.TEXT, "is not {}", ignore_case=True, negative=True),
    Operator("in", Takes.TEXTS, "is {}", ignore_case=True, choice="is any of"),
    Operator("not_in", Takes.TEXTS, "is not {}", ignore_case=True, negative=True, choice="is none of"),
    Operator("contains", Takes.PART, "contains {}", ignore_case=True),
    Operator("not_contains", Takes.PART, "does not contain {}", ignore_case=True, negative=True),
    Operator("starts_with", Takes.PART, "starts with {}", ignore_case=True),
    Operator("ends_with", Takes.PART, "ends with {}", ignore_case=True),
    Operator("matches", Takes.PATTERN, "matches the pattern {}", ignore_case=True),
)

_NUMBER = (
    Operator("eq", Takes.NUMBER, "is {}"),
    Operator("ne", Takes.NUMBER, "is not {}", negative=True),
    Operator("gt", Takes.NUMBER, "is more than {}"),
    Operator("gte", Takes.NUMBER, "is at least {}"),
    Operator("lt", Takes.NUMBER, "is less than {}"),
    Operator("lte", Takes.NUMBER, "is at most {}"),
    Operator("between", Takes.NUMBER_PAIR, "is between {}"),
    Operator("in", Takes.NUMBERS, "is {}", choice="is any of"),
    Operator("not_in", Takes.NUMBERS, "is not {}", negative=True, choice="is none of"),
    Operator("top_percent", Takes.PERCENT, "is in the top {}", trait_only=True),
    Operator("bottom_percent", Takes.PERCENT, "is in the bottom {}", trait_only=True),
)

_BOOLEAN = (Operator("eq", Takes.BOOLEAN, "is {}"),)

_DATETIME = (
    Operator("before", Takes.INSTANT, "is before {}"),
    Operator("after", Takes.INSTANT, "is on or after {}"),
    Operator("between", Takes.INSTANT_PAIR, "is from {}"),
    Operator("in_last", Takes.DURATION, "is in the last {}"),
    Operator("not_in_last", Takes.DURATION, "is more than {} ago", negative=True, choice="is longer ago than"),
    Operator("in_next", Takes.DURATION, "is in the next {}"),
    Operator("anniversary_in_next", Takes.DURATION_TO_A_YEAR, "comes round again in the next {}", trait_only=True),
)

_LIST = (
    Operator("has_any", Takes.TEXTS, "include {}", ignore_case=True, choice="include any of"),
    Operator("has_all", Takes.TEXTS, "include {}", ignore_case=True, choice="include all of"),
    Operator("has_none", Takes.TEXTS, "include {}", ignore_case=True, negative=True, choice="include none of"),
)


def _by_name(operators: tuple[Operator, ...]) -> Mapping[str, Operator]:
    return MappingProxyType({operator.name: operator for operator in operators})


OPERATORS: Final[Mapping[Type, Mapping[str, Operator]]] = MappingProxyType(
    {
        Type.TEXT: _by_name(_TEXT + _PRESENCE),
        Type.NUMBER: _by_name(_NUMBER + _PRESENCE),
        Type.BOOLEAN: _by_name(_BOOLEAN + _PRESENCE),
        Type.DATETIME: _by_name(_DATETIME + _PRESENCE),
        Type.LIST: _by_name(_LIST + _PRESENCE),
    }
)
"""Operand type -> name -> operator. A trait takes all of its type, a property and a measure those not `trait_only`."""

_SCALARS = frozenset({Type.TEXT, Type.NUMBER, Type.BOOLEAN, Type.DATETIME})
_NUMBERS = frozenset({Type.NUMBER})

MEASURES: Final[Mapping[str, MeasureKind]] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            MeasureKind("count", Type.NUMBER),
            MeasureKind("days", Type.NUMBER),
            MeasureKind("sum", Type.NUMBER, of=_NUMBERS, of_required=True),
            MeasureKind("avg", Type.NUMBER, of=_NUMBERS, of_required=True, can_miss=True),
            MeasureKind("min", Type.NUMBER, of=_NUMBERS, of_required=True, can_miss=True),
            MeasureKind("max", Type.NUMBER, of=_NUMBERS, of_required=True, can_miss=True),
            MeasureKind("distinct", Type.NUMBER, of=_SCALARS, of_required=True),
            MeasureKind("first_at", Type.DATETIME, can_miss=True),
            MeasureKind("last_at", Type.DATETIME, can_miss=True),
            MeasureKind("change", Type.NUMBER, of=_NUMBERS, can_miss=True),
        )
    }
)
"""Name -> measure."""


def operators_for(operand: Type, *, trait: bool) -> Mapping[str, Operator]:
    """The operators that a trait (or else a property or a measure) of this type takes, in the table's order."""
    table = OPERATORS[operand]
    return table if trait else {name: operator for name, operator in table.items() if not operator.trait_only}
