"""JSON text to a document, strictly: the mistakes that a usual JSON reader hides or dies of get a path and a code."""

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

from segments.rules.errors import Code, DefinitionErrors, RuleError
from segments.rules.paths import Path

MOST_BYTES: Final = 256 * 1024
"""Of compact JSON."""
MOST_TEXT_BYTES: Final = 8 * 1024 * 1024
"""Of JSON as it arrives, white space and escapes included."""
DEEPEST_BRACKETS: Final = 64
"""Brackets deeper than any valid definition has; what is deeper is never looked at, and cut off before reading."""
FEW_BRACKETS: Final = 400
"""So many brackets can't be nested too deep for the reader, so their depth need not be looked at."""
LONGEST_INTEGER: Final = 400
"""Digits; beyond it only the magnitude matters, which is refused anyway."""

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


class Doubled(dict[str, Any]):
    """A JSON object that gave some keys more than once; it holds their last values."""

    doubled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Loaded:
    """A document, and the paths of keys that were given more than once."""

    document: object
    doubled: tuple[Path, ...] = field(default=())

    def below(self, key: str) -> "Loaded":
        """The value of a key of an object as a document of its own, null where the key is missing."""
        inner = self.document.get(key) if isinstance(self.document, dict) else None
        return Loaded(inner, tuple(path[1:] for path in self.doubled if len(path) > 1 and path[0] == key))


def load(text: str | bytes) -> Loaded:
    """The document that a JSON text holds. Raises DefinitionErrors, with one error, if it holds none."""
    if len(text) > MOST_TEXT_BYTES:
        _refuse(Code.LIMIT, f"The text is longer than {MOST_TEXT_BYTES:,} bytes: shorten it")
    decoded = _decode(text) if isinstance(text, bytes) else text
    found: list[Doubled] = []

    def build(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        obj = dict(pairs)
        if len(obj) == len(pairs):
            return obj
        found.append(_doubled(pairs))
        return found[-1]

    try:
        document = json.loads(_cut_depth(decoded.removeprefix("\ufeff")), object_pairs_hook=build, parse_int=_parse_int)
    except json.JSONDecodeError as error:
        message = f"This is not JSON: {error.msg} in line {error.lineno}, column {error.colno}"
        _refuse(Code.BAD_VALUE, message)
    return Loaded(document, _doubled_paths(document) if found else ())


def compact_size(document: object) -> int | None:
    """The bytes of the document as compact JSON; None if it is nested too deep to be worth measuring."""
    if _is_deep(document):
        return None
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), default=str, skipkeys=True)
    return len(text.encode("utf-8", "surrogatepass"))


def _refuse(code: Code, message: str) -> NoReturn:
    raise DefinitionErrors((RuleError("", code, message),))


def _decode(text: bytes) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse(Code.BAD_VALUE, f"The text is not UTF-8 at byte {error.start + 1}: save it as UTF-8")


def _parse_int(digits: str) -> int:
    return int(digits[:LONGEST_INTEGER])


def _doubled(pairs: list[tuple[str, Any]]) -> Doubled:
    obj = Doubled(pairs)
    times = Counter(key for key, _ in pairs)
    obj.doubled = tuple(key for key in obj if times[key] > 1)
    return obj


def _doubled_paths(document: object) -> tuple[Path, ...]:
    paths: list[Path] = []
    waiting: list[tuple[Path, object]] = [((), document)]
    while waiting:
        path, here = waiting.pop()
        if isinstance(here, Doubled):
            paths.extend((*path, key) for key in here.doubled)
        if isinstance(here, dict):
            waiting.extend(((*path, key), value) for key, value in here.items())
        elif isinstance(here, list):
            waiting.extend(((*path, position), value) for position, value in enumerate(here))
    return tuple(paths)


def _cut_depth(text: str) -> str:
    """The text with everything inside too many brackets left out, so that reading it needs no deep recursion."""
    if text.count("[") + text.count("{") <= FEW_BRACKETS:
        return text
    kept: list[str] = []
    depth = kept_from = 0
    for token in _TOKEN.finditer(text):
        bracket = token[0]
        if bracket in ("[", "{"):
            depth += 1
            if depth == DEEPEST_BRACKETS + 1:
                kept.append(text[kept_from : token.end()])
        elif bracket in ("]", "}"):
            if depth == DEEPEST_BRACKETS + 1:
                kept_from = token.start()
            depth -= 1
    if not kept:
        return text
    ends_too_deep = depth > DEEPEST_BRACKETS
    return "".join(kept) + ("" if ends_too_deep else text[kept_from:])


def _is_deep(document: object) -> bool:
    layer = [document]
    for _ in range(DEEPEST_BRACKETS + 1):
        deeper: list[object] = []
        for here in layer:
            if isinstance(here, dict):
                deeper.extend(here.values())
            elif isinstance(here, list | tuple):
                deeper.extend(here)
        if not deeper:
            return False
        layer = deeper
    return True
