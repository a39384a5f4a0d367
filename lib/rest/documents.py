"""JSON text to a document, strictly, for bodies of requests.

What a usual reader hides, dies of, or hands to a database that refuses it is a problem with a path: keys given twice,
brackets without end, numbers beyond any column, U+0000 and half surrogate pairs.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, NoReturn

from lib.problems import Problem

DEEPEST = 80
"""Brackets; the rule language has at most 64 in a valid definition, and says itself what is too deep."""
MOST_DIGITS = 400
"""Of a whole number; the next step up is no number that anything here could hold."""

_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_SUSPECTS = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")


class _Pairs(list[tuple[str, Any]]):
    """An object as the pairs that were written."""


def read(body: bytes) -> Any:
    """The document of a body. Raises `Problem` (400, `parse_error`) for what is no such JSON."""
    try:
        text = body.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        _refuse(f"The body is not UTF-8 at byte {error.start + 1}.")
    _refuse_depth(text)
    doubled: list[str] = []

    def build(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        built = dict(pairs)
        if len(built) < len(pairs):
            doubled.append("")
        return built

    document = _loads(text, build)
    if doubled:
        _refuse_doubled(_loads(text, _Pairs))
    if _SUSPECTS.search(body):
        _refuse_bad_text(document)
    return document


def _loads(text: str, build: Any) -> Any:
    try:
        return json.loads(
            text, object_pairs_hook=build, parse_int=_whole, parse_float=_number, parse_constant=_refuse_constant
        )
    except json.JSONDecodeError as error:
        _refuse(f"This is not JSON: {error.msg} in line {error.lineno}, column {error.colno}.")


def _refuse_depth(text: str) -> None:
    """Brackets are counted before anything recursive looks at them."""
    if text.count("[") + text.count("{") <= DEEPEST:
        return
    depth = 0
    for token in _BRACKETS.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
        if depth > DEEPEST:
            _refuse(f"Brackets are nested more than {DEEPEST} deep.")


def _whole(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        _refuse(f"A whole number has more than {MOST_DIGITS} digits.")
    return int(digits)


def _number(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        _refuse(f"The number {digits[:40]} is too large.")
    return number


def _refuse_constant(name: str) -> NoReturn:
    _refuse(f"This is not JSON: {name} is no number there.")


def _refuse_doubled(document: Any) -> NoReturn:
    paths = [
        _below(path, key)
        for path, here in _walk(document)
        if isinstance(here, _Pairs)
        for key, times in Counter(key for key, _ in here).items()
        if times > 1
    ]
    message = "This key is given twice: keep one."
    _refuse("An object has a key more than once.", paths=paths, code="not_allowed", message=message)


def _refuse_bad_text(document: Any) -> None:
    paths = [path for path, here in _walk(document) if any(_NO_TEXT.search(text) for text in _texts(here))]
    if paths:
        message = "This holds U+0000 or half a surrogate pair: remove it."
        _refuse("A text holds what is no text.", paths=paths, code="bad_value", message=message)


def _texts(here: Any) -> list[str]:
    """A text itself, or the keys of an object."""
    return [here] if isinstance(here, str) else list(here) if isinstance(here, dict) else []


def _walk(document: Any) -> Iterator[tuple[str, Any]]:
    """Every value with its path, the document itself first."""
    waiting = [("", document)]
    while waiting:
        path, here = waiting.pop()
        yield path, here
        if isinstance(here, dict | _Pairs):
            pairs = here.items() if isinstance(here, dict) else here
            waiting.extend((_below(path, key), value) for key, value in pairs)
        elif isinstance(here, list):
            waiting.extend((f"{path}[{place}]", value) for place, value in enumerate(here))


def _below(path: str, key: str) -> str:
    shown = key if re.fullmatch(r"\w+", key) else f"[{json.dumps(key)}]"
    return f"{path}.{shown}" if path and not shown.startswith("[") else path + shown


def _refuse(detail: str, *, paths: list[str] | None = None, code: str = "", message: str = "") -> NoReturn:
    mistakes = [{"path": path, "code": code, "message": message} for path in paths or ()]
    raise Problem(HTTPStatus.BAD_REQUEST, "parse_error", detail, mistakes)
