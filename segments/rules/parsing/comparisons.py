"""Readers of `op`, `value`, `missing` and `ignore_case`, which traits, properties and measures share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from segments.rules.catalogue import Type
from segments.rules.errors import Code
from segments.rules.nodes import Value
from segments.rules.operators import Operator, Takes, operators_for
from segments.rules.parsing.reading import Reading, read_boolean, report_missing, shown, wrong_type
from segments.rules.parsing.values import read_value
from segments.rules.paths import Path

COMPARISON_KEYS = ("op", "value", "missing", "ignore_case")


@dataclass(frozen=True, slots=True)
class Operand:
    """What is compared: how messages call it, its type (None if its name is unknown), and whether it is a trait."""

    name: str
    type: Type | None
    trait: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """The checked comparison."""

    op: str
    value: Value = None
    missing: bool = False
    ignore_case: bool = False


def read_comparison(reading: Reading, path: Path, obj: Mapping[str, Any], operand: Operand) -> Comparison | None:
    """The comparison of an operand; a missing `op` has been reported by whoever checked the keys.

    Where the operand's type is unknown, only what holds for every type is checked.
    """
    operators = _candidates(reading, path, obj, operand) if "op" in obj else []
    if operators and all(operator.takes is Takes.NOTHING for operator in operators):
        for key in ("value", "missing", "ignore_case"):
            if key in obj:
                reading.add((*path, key), Code.NOT_ALLOWED, f"'{key}' has no meaning with '{obj['op']}': remove it")
        return Comparison(obj["op"])
    missing = "missing" in obj and read_boolean(reading, (*path, "missing"), obj["missing"])
    ignore_case = _read_ignore_case(reading, path, obj, operators)
    value = _read_operand_value(reading, path, obj, operand, operators)
    return Comparison(obj["op"], value, missing, ignore_case) if operators else None


def _candidates(reading: Reading, path: Path, obj: Mapping[str, Any], operand: Operand) -> list[Operator]:
    """The operators that `op` may mean: one where the type is known, none where it is wrong, which is reported."""
    name = obj["op"]
    if not isinstance(name, str):
        wrong_type(reading, (*path, "op"), name, "the name of an operator (a text)")
        return []
    types = list(Type) if operand.type is None else [operand.type]
    tables = [operators_for(type_, trait=operand.trait) for type_ in types]
    found = [table[name] for table in tables if name in table]
    if not found:
        known = list(dict.fromkeys(operator for table in tables for operator in table))
        hint = reading.findings.suggest(name, known)
        of_type = f" for {operand.name}, which is {type_words(operand.type)}" if operand.type else ""
        message = f"There is no operator {shown(name)}{of_type}{hint or ': use one of ' + ', '.join(known)}"
        reading.add((*path, "op"), Code.BAD_OPERATOR, message)
    return found


def _read_ignore_case(reading: Reading, path: Path, obj: Mapping[str, Any], operators: list[Operator]) -> bool:
    if "ignore_case" not in obj:
        return False
    if operators and not any(operator.ignore_case for operator in operators):
        message = f"'ignore_case' goes with texts and lists, not with '{obj['op']}' here: remove it"
        reading.add((*path, "ignore_case"), Code.NOT_ALLOWED, message)
        return False
    return read_boolean(reading, (*path, "ignore_case"), obj["ignore_case"])


def _read_operand_value(
    reading: Reading, path: Path, obj: Mapping[str, Any], operand: Operand, operators: list[Operator]
) -> Value:
    if "value" not in obj:
        if operators:
            report_missing(reading, (*path, "value"), f"'{obj['op']}' needs one")
        return None
    value = obj["value"]
    if value is None:
        wrong_type(reading, (*path, "value"), value, "a value", "; use 'is_not_set' for what is missing")
        return None
    if operand.type is None or not operators:
        return None
    why = f" ({operand.name} is {type_words(operand.type)})"
    return read_value(reading, (*path, "value"), value, operators[0].takes, why)


def type_words(type_: Type) -> str:
    """A type with its article: ``a number``."""
    return {Type.TEXT: "text", Type.BOOLEAN: "true or false", Type.DATETIME: "a date and time"}.get(type_, f"a {type_}")
