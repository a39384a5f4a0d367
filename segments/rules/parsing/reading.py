"""The state of one reading, and the readers of objects and plain values that all productions share."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from segments.rules.catalogue import Catalogue
from segments.rules.errors import Code
from segments.rules.parsing.findings import Findings
from segments.rules.paths import Path

LONGEST_SHOWN: Final = 60


@dataclass(slots=True)
class Reading:
    """One document being read against one catalogue.

    `key` is the segment that the document defines, None where it defines none; `leaves` counts those read so far;
    `depths` remembers how deep the references of other segments go, and `levels_above` how many segments stand on
    the one being defined.
    """

    findings: Findings
    catalogue: Catalogue
    key: str | None = None
    leaves: int = 0
    depths: dict[str, int | None] = field(default_factory=dict)
    levels_above: int | None = None

    def add(self, path: Path, code: Code, message: str) -> None:
        """Notes one mistake."""
        self.findings.add(path, code, message)


def kind_of(value: object) -> str:
    """What a JSON value is, for messages."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case dict():
            return "an object"
        case _:
            return f"a {type(value).__name__}"


def shown(text: str) -> str:
    """A text from the document as messages quote it: cut, and without anything that can't be printed."""
    cut = text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"
    return "'" + "".join(character if character.isprintable() else "�" for character in cut) + "'"


def name_of(path: Path) -> str:
    """What stands at a path, for messages: ``'value'``, ``item 3 of 'value'`` or ``the definition``."""
    if not path:
        return "the definition"
    last = path[-1]
    if isinstance(last, int):
        return f"item {last + 1} of {name_of(path[:-1])}"
    return shown(last)


def wrong_type(reading: Reading, path: Path, value: object, expected: str, why: str = "") -> None:
    """Reports a value that is not of the JSON type that stands here."""
    message = f"{name_of(path)} must be {expected}, not {kind_of(value)}{why}"
    reading.add(path, Code.WRONG_TYPE, message[0].upper() + message[1:])


def read_object(reading: Reading, path: Path, value: object, what: str) -> Mapping[str, Any] | None:
    """The value, if it is an object."""
    if isinstance(value, dict):
        return value
    wrong_type(reading, path, value, f"{what} (an object)")
    return None


def check_keys(
    reading: Reading, path: Path, obj: Mapping[str, Any], known: tuple[str, ...], required: Iterable[str] = ()
) -> None:
    """Reports unknown keys, and required ones that are missing."""
    for key in obj:
        if key not in known:
            _report_unknown(reading, path, obj, str(key), known)
    for key in required:
        if key not in obj:
            report_missing(reading, (*path, key), "add it")


def _report_unknown(reading: Reading, path: Path, obj: Mapping[str, Any], key: str, known: tuple[str, ...]) -> None:
    match = reading.findings.near_key(key, [name for name in known if name not in obj])
    hint = f"did you mean '{match}'?" if match else "remove it; allowed here: " + ", ".join(known)
    reading.add((*path, key), Code.UNKNOWN_KEY, f"There is no key {shown(key)} here: {hint}")


def report_missing(reading: Reading, path: Path, what_to_do: str) -> None:
    """Reports a missing key at its own path."""
    reading.add(path, Code.MISSING_KEY, f"'{path[-1]}' is missing: {what_to_do}")


def read_boolean(reading: Reading, path: Path, value: object) -> bool:
    """The value, if it is true or false; false where it is neither, which is reported."""
    if isinstance(value, bool):
        return value
    wrong_type(reading, path, value, "true or false")
    return False


def read_whole(reading: Reading, path: Path, value: object, most: int | None = None) -> int | None:
    """A whole number from 1 to `most`; 7.0 is none."""
    if isinstance(value, bool) or not isinstance(value, int):
        wrong_type(reading, path, value, "a whole number, written without a point", _if_fraction(value))
        return None
    if value < 1 or value >= 10**12 or (most is not None and value > most):
        limits = f"from 1 to {most:,}" if most is not None else "from 1, and below 1,000,000,000,000"
        reading.add(path, Code.BAD_VALUE, f"{name_of(path)} must be a whole number {limits}")
        return None
    return value


def _if_fraction(value: object) -> str:
    return " with a point" if isinstance(value, float) else ""


def read_choice(reading: Reading, path: Path, value: object, choices: tuple[str, ...]) -> str | None:
    """One of a few words."""
    if not isinstance(value, str):
        wrong_type(reading, path, value, "one of " + ", ".join(choices))
        return None
    if value not in choices:
        hint = reading.findings.suggest(value, choices)
        message = f"{name_of(path)} can't be {shown(value)}, only one of {', '.join(choices)}{hint}"
        reading.add(path, Code.BAD_VALUE, message[0].upper() + message[1:])
        return None
    return value
