"""Readers of the `value` of an operator, one per `Takes`."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from segments.rules.durations import LONGEST_YEAR
from segments.rules.errors import Code
from segments.rules.nodes import At, Duration, Instant, Midnight, Value
from segments.rules.operators import Takes
from segments.rules.parsing.reading import Reading, name_of, wrong_type
from segments.rules.parsing.times import read_duration, read_instant
from segments.rules.paths import Path
from segments.rules.pattern import PatternError, parse_pattern

LONGEST_TEXT: Final = 1_000
LONGEST_PATTERN: Final = 200
LONGEST_LIST: Final = 1_000
NUMBER_BOUND: Final = 10**12
"""Numbers are smaller than this, and larger than its opposite."""

_NO_TEXT: Final = re.compile("[\0\ud800-\udfff]")

Reader = Callable[[Reading, Path, object, str], Value]
"""(reading, path, value, why): `why` ends a message about a wrong type, " (trait 'age' is a number)"."""


def read_value(reading: Reading, path: Path, value: object, takes: Takes, why: str) -> Value:
    """The checked value; None where it is invalid, which is reported."""
    return _READERS[takes](reading, path, value, why)


def _text(reading: Reading, path: Path, value: object, why: str) -> str | None:
    if not isinstance(value, str):
        wrong_type(reading, path, value, "a text", why)
        return None
    if len(value) > LONGEST_TEXT:
        reading.add(path, Code.LIMIT, f"{_start(path)} has {len(value):,} characters, at most {LONGEST_TEXT:,}")
        return None
    if _NO_TEXT.search(value):
        reading.add(path, Code.BAD_VALUE, f"{_start(path)} holds U+0000 or half a surrogate pair: remove it")
        return None
    return value


def _part(reading: Reading, path: Path, value: object, why: str) -> str | None:
    text = _text(reading, path, value, why)
    if text == "":
        reading.add(path, Code.EMPTY, f"{_start(path)} is empty: every text contains the empty text, so name a part")
        return None
    return text


def _pattern(reading: Reading, path: Path, value: object, why: str) -> str | None:
    if isinstance(value, str) and len(value) > LONGEST_PATTERN:
        reading.add(path, Code.LIMIT, f"The pattern has {len(value):,} characters, at most {LONGEST_PATTERN}")
        return None
    text = _text(reading, path, value, why)
    if text is None:
        return None
    try:
        parse_pattern(text)
    except PatternError as error:
        reading.add(path, Code.BAD_PATTERN, f"The pattern is not portable: {error}")
        return None
    return text


def _number(reading: Reading, path: Path, value: object, why: str) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        wrong_type(reading, path, value, "a number", why)
        return None
    if not -NUMBER_BOUND < value < NUMBER_BOUND:
        reading.add(path, Code.BAD_VALUE, f"{_start(path)} must be between -10¹² and 10¹²: use a smaller number")
        return None
    return float(value) or 0.0


def _percent(reading: Reading, path: Path, value: object, why: str) -> float | None:
    number = _number(reading, path, value, why)
    if number is None:
        return None
    exponent = Decimal(repr(number)).normalize().as_tuple().exponent
    if not 0 < number <= 100 or (isinstance(exponent, int) and exponent < -2):
        message = f"{_start(path)} must be a percentage above 0, at most 100, with at most two decimals"
        reading.add(path, Code.BAD_VALUE, message)
        return None
    return number


def _boolean(reading: Reading, path: Path, value: object, why: str) -> bool | None:
    if isinstance(value, bool):
        return value
    wrong_type(reading, path, value, "true or false", why)
    return None


def _list(reading: Reading, path: Path, value: object, what: str, why: str) -> list[object]:
    """The items of a list that has some and not too many; none where it is wrong, which is reported."""
    if not isinstance(value, list):
        wrong_type(reading, path, value, f"a list of {what}", why)
        return []
    if not value:
        reading.add(path, Code.EMPTY, f"{_start(path)} is an empty list: name at least one")
    if len(value) > LONGEST_LIST:
        reading.add(path, Code.LIMIT, f"{_start(path)} has {len(value):,} items, at most {LONGEST_LIST:,}")
        return []
    return value


def _texts(reading: Reading, path: Path, value: object, why: str) -> tuple[str, ...]:
    items = _list(reading, path, value, "texts", why)
    texts = [_text(reading, (*path, position), item, why) for position, item in enumerate(items)]
    return tuple(text for text in texts if text is not None)


def _numbers(reading: Reading, path: Path, value: object, why: str) -> tuple[float, ...]:
    items = _list(reading, path, value, "numbers", why)
    numbers = [_number(reading, (*path, position), item, why) for position, item in enumerate(items)]
    return tuple(number for number in numbers if number is not None)


def _pair(reading: Reading, path: Path, value: object, what: str, why: str) -> list[object]:
    """The two items of a pair; none where it is wrong, which is reported."""
    items = _list(reading, path, value, f"two {what}", why)
    if len(items) == 1:
        reading.add(path, Code.TOO_SHORT, f"{_start(path)} must hold two {what}, the first and the last")
    if len(items) > 2:
        reading.add(path, Code.BAD_RANGE, f"{_start(path)} must hold two {what}, not {len(items)}")
    return items if len(items) == 2 else []


def _number_pair(reading: Reading, path: Path, value: object, why: str) -> tuple[float, ...] | None:
    items = _pair(reading, path, value, "numbers", why)
    ends = [_number(reading, (*path, position), item, why) for position, item in enumerate(items)]
    numbers = tuple(end for end in ends if end is not None)
    if len(numbers) == 2 and numbers[0] > numbers[1]:
        reading.add(path, Code.BAD_RANGE, f"{_start(path)} has its larger number first: swap the two")
        return None
    return numbers


def _instant(reading: Reading, path: Path, value: object, why: str) -> Instant | None:
    return read_instant(reading, path, value, why)


def _instant_pair(reading: Reading, path: Path, value: object, why: str) -> tuple[Instant, Instant] | None:
    items = _pair(reading, path, value, "instants", why)
    ends = [read_instant(reading, (*path, position), item, why) for position, item in enumerate(items)]
    match ends:
        case [At() | Midnight() as first, At() | Midnight() as second] if comes_after(first, second):
            reading.add(path, Code.BAD_RANGE, f"{_start(path)} has its later instant first: swap the two")
        case [first, second] if first is not None and second is not None:
            return (first, second)
    return None


def comes_after(first: Instant, second: Instant) -> bool:
    """Whether the first is certainly later: both are dates, or both have offsets."""
    match first, second:
        case At(one), At(other):
            return one > other
        case Midnight(day), Midnight(other_day):
            return day > other_day
        case _:
            return False


def _duration(reading: Reading, path: Path, value: object, why: str) -> Duration | None:
    return read_duration(reading, path, value, why=why)


def _duration_to_a_year(reading: Reading, path: Path, value: object, why: str) -> Duration | None:
    return read_duration(reading, path, value, longest=LONGEST_YEAR, why=why)


def _start(path: Path) -> str:
    name = name_of(path)
    return name[0].upper() + name[1:]


_READERS: Final[Mapping[Takes, Reader]] = {
    Takes.TEXT: _text,
    Takes.PART: _part,
    Takes.PATTERN: _pattern,
    Takes.TEXTS: _texts,
    Takes.NUMBER: _number,
    Takes.NUMBERS: _numbers,
    Takes.NUMBER_PAIR: _number_pair,
    Takes.PERCENT: _percent,
    Takes.BOOLEAN: _boolean,
    Takes.INSTANT: _instant,
    Takes.INSTANT_PAIR: _instant_pair,
    Takes.DURATION: _duration,
    Takes.DURATION_TO_A_YEAR: _duration_to_a_year,
}
