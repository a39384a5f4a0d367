"""Values as cells of a CSV file."""

import json
import re

from activations.destinations.base import Column, ColumnType, RejectedError, Value

FORMULA_STARTS = frozenset("@+-=|%")
LEADING_SPACE = " \t\r\n\v\f"
NUMBER = re.compile(r"-?[0-9,.]+")

ESCAPED_BY_DEFAULT = frozenset({ColumnType.TEXT, ColumnType.LIST})
"""Free text, which anybody may have typed. A quote before a phone number or an identifier would spoil it."""

_PYTHON_TYPES: dict[ColumnType, tuple[type, ...]] = {
    ColumnType.TEXT: (str,),
    ColumnType.NUMBER: (int, float),
    ColumnType.BOOLEAN: (bool,),
    ColumnType.DATETIME: (str,),
    ColumnType.LIST: (list,),
    ColumnType.IDENTIFIER: (str,),
    ColumnType.PHONE: (str,),
}


def escape_formula(text: str) -> str:
    """Text that a spreadsheet shows and does not run: the rule of defusedcsv 3.0.0, behind leading space too."""
    if text.lstrip(LEADING_SPACE)[:1] not in FORMULA_STARTS or not text.strip() or NUMBER.fullmatch(text):
        return text
    return "'" + text.replace("|", "\\|")


def cell(column: Column, value: Value) -> str:
    """One value as text; missing is empty. Raises `RejectedError` for what has no place in the column."""
    if value is None:
        if column.is_key:
            raise RejectedError(f"{column.name} is empty.")
        return ""
    _check_type(column, value)
    text = _text(value)
    if column.is_key and (not text.isprintable() or not text.strip()):
        raise RejectedError(f"{column.name} is blank or holds control characters, so no file could be matched by it.")
    return escape_formula(text) if _escapes(column) else text


def _escapes(column: Column) -> bool:
    return column.type in ESCAPED_BY_DEFAULT if column.escape is None else column.escape


def _check_type(column: Column, value: Value) -> None:
    fits = isinstance(value, _PYTHON_TYPES[column.type])
    if not fits or (isinstance(value, bool) and column.type != ColumnType.BOOLEAN):
        raise RejectedError(f"{column.name} should be {column.type}, and is {type(value).__name__}.")


def _text(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer() and abs(value) < 2**53:
            return str(int(value))
        case list():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)
