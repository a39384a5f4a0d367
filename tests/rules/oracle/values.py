"""Operators of the reference on values that are there."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tests.rules.oracle.calendar import has_anniversary, moved, read_instant

Answer = Callable[[], bool]


def fold(text: str) -> str:
    folded = []
    for character in text:
        lower = "i" if character == "\u0130" else character.lower()
        folded.append("\u03c3" if lower == "\u03c2" else lower)
    return "".join(folded)


def text_holds(text: str, leaf: dict[str, Any]) -> bool:
    op, value = leaf["op"], leaf["value"]
    if op == "matches":
        return pattern_found(text, value, leaf.get("ignore_case", False))
    if leaf.get("ignore_case", False):
        text = fold(text)
        value = [fold(one) for one in value] if isinstance(value, list) else fold(value)
    answers: dict[str, Answer] = {
        "eq": lambda: text == value,
        "ne": lambda: text != value,
        "in": lambda: text in value,
        "not_in": lambda: text not in value,
        "contains": lambda: value in text,
        "not_contains": lambda: value not in text,
        "starts_with": lambda: text[: len(value)] == value,
        "ends_with": lambda: text[-len(value) :] == value,
    }
    return answers[op]()


def number_holds(number: float, leaf: dict[str, Any]) -> bool:
    op, value = leaf["op"], leaf["value"]
    answers: dict[str, Answer] = {
        "eq": lambda: number == float(value),
        "ne": lambda: number != float(value),
        "gt": lambda: number > float(value),
        "gte": lambda: number >= float(value),
        "lt": lambda: number < float(value),
        "lte": lambda: number <= float(value),
        "between": lambda: float(value[0]) <= number <= float(value[1]),
        "in": lambda: number in [float(one) for one in value],
        "not_in": lambda: number not in [float(one) for one in value],
    }
    return answers[op]()


def moment_holds(moment: datetime, leaf: dict[str, Any], as_of: datetime, zone: str) -> bool:
    op, value = leaf["op"], leaf["value"]
    if op in ("before", "after"):
        edge = read_instant(value, as_of, zone)
        return moment < edge if op == "before" else moment >= edge
    if op == "between":
        start, end = (read_instant(edge, as_of, zone) for edge in value)
        return start <= moment < end
    if op == "anniversary_in_next":
        return has_anniversary(moment, value, as_of, zone)
    answers: dict[str, Answer] = {
        "in_last": lambda: moved(as_of, value, -1, zone) <= moment < as_of,
        "not_in_last": lambda: moment < moved(as_of, value, -1, zone),
        "in_next": lambda: as_of <= moment < moved(as_of, value, 1, zone),
    }
    return answers[op]()


def list_holds(values: list[str], leaf: dict[str, Any]) -> bool:
    wanted = set(leaf["value"])
    held = set(values)
    if leaf.get("ignore_case", False):
        wanted, held = {fold(one) for one in wanted}, {fold(one) for one in held}
    answers: dict[str, Answer] = {
        "has_any": lambda: bool(held & wanted),
        "has_all": lambda: wanted <= held,
        "has_none": lambda: not held & wanted,
    }
    return answers[leaf["op"]]()


def holds(value: Any, kind: str, leaf: dict[str, Any], as_of: datetime, zone: str) -> bool:
    """Whether a leaf is true of a value of a type; None is missing."""
    if leaf["op"] in ("is_set", "is_not_set"):
        return (value is None) is (leaf["op"] == "is_not_set")
    if value is None:
        return bool(leaf.get("missing", False))
    match kind:
        case "text":
            return text_holds(value, leaf)
        case "number":
            return number_holds(value, leaf)
        case "boolean":
            return bool(value is leaf["value"])
        case "datetime":
            return moment_holds(value.astimezone(UTC), leaf, as_of, zone)
        case _:
            return list_holds(value, leaf)


def pattern_found(text: str, pattern: str, ignore_case: bool) -> bool:
    """By Python's `re`, which reads the portable subset as it is meant but for `$`; folded piece by piece."""
    pieces, at, in_class = [], 0, False
    while at < len(pattern):
        piece = pattern[at : at + 2] if pattern[at] == "\\" else pattern[at]
        at += len(piece)
        if piece in ("[", "]"):
            in_class = piece == "["
        if in_class and ignore_case and pattern[at : at + 1] == "-":
            last, at = (pattern[at + 1], at + 2) if pattern[at + 1] != "\\" else (pattern[at + 2], at + 3)
            piece = "".join(re.escape(fold(chr(point))) for point in range(ord(piece[-1]), ord(last) + 1))
        elif piece == "$" and not in_class:
            piece = r"\Z"
        elif ignore_case and len(piece) == 1:
            piece = fold(piece)
        pieces.append(piece)
    return re.search("".join(pieces), fold(text) if ignore_case else text, re.ASCII) is not None
