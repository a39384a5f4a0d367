"""One value of a file, turned into one of the five types of RULES section 2, or refused with the reason.

Cells are texts and are converted by the type they should have; typed values (JSON, Parquet) must have it already.
Results: text `str`, number `float`, boolean `bool`, datetime aware `datetime` in UTC, list a sorted tuple of texts.
"""

import json
import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from enum import Enum
from typing import Any, Final

from profiles.ingest.refusals import RefusedError
from profiles.models import TraitType


class Null(Enum):
    """What JSON's null becomes: the value is to be taken away. (None: the file says nothing about it.)"""

    NULL = "null"


NULL: Final = Null.NULL
BOUND = 1e12
FIRST_YEAR, LAST_YEAR = 1900, 2299
SHOWN = 60
LONGEST_ID = 500

NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)? ?(?:(Z)|([+-])(\d\d):?(\d\d))?)?", re.ASCII
)

Parse = Callable[[Any], Any]


def shown(value: object) -> str:
    """A value as messages quote it: short, on one line, without characters that a terminal would obey."""
    text = value if isinstance(value, str) else repr(value)
    short = text if len(text) <= SHOWN else text[: SHOWN - 3] + "..."
    return json.dumps(short, ensure_ascii=not short.isprintable())


def text(value: str) -> str:
    """Valid Unicode without U+0000 and half surrogates."""
    if "\0" in value:
        raise RefusedError("holds the character U+0000, which no text may")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise RefusedError("holds half a surrogate pair, which is no valid Unicode") from error
    return value


def number(value: float) -> float:
    """A finite double below 10¹², -0 as 0."""
    try:
        double = float(value) + 0.0
    except OverflowError:
        double = math.inf
    if math.isnan(double):
        raise RefusedError("is NaN, which is no number")
    if abs(double) >= BOUND:
        raise RefusedError(f"is {shown(str(value))}: numbers must lie between -10^12 and 10^12")
    return double


def instant(value: str, zone: tzinfo) -> datetime:
    """An instant in UTC; a date alone is midnight UTC; a time without an offset is read in `zone`.

    A wall time that the clocks skip is read with the offset before the jump, one that comes twice means the first.
    """
    found = INSTANT.fullmatch(value)
    if found is None:
        raise RefusedError(f"is {shown(value)}, not a date or time such as 2026-01-31 or 2026-01-31T08:30:00Z")
    day, hour, minute, second, fraction, utc, sign, hours, minutes = found.groups()
    if utc and second and value[10] == "T" and value[-2] != " " and hour != "24":  # the usual form, read at once
        return _in_range(_moment(value, value))
    if hour is None:
        return _in_range(_moment(day + "T00:00:00", value).replace(tzinfo=UTC))
    wall = _moment(f"{day}T{hour}:{minute}:{second or '00'}.{(fraction or '0')[:6]:0<6}", value)
    if hour == "24":
        raise RefusedError(f"is {shown(value)}: no day has an hour 24")
    if utc:
        return _in_range(wall.replace(tzinfo=UTC))
    if sign:
        return _in_range(_shifted(wall, sign, int(hours), int(minutes), value).replace(tzinfo=UTC))
    return in_zone(wall, zone)


def in_zone(wall: datetime, zone: tzinfo) -> datetime:
    """A wall time of a zone as an instant in UTC."""
    if not FIRST_YEAR - 1 <= wall.year <= LAST_YEAR + 1:
        raise RefusedError(f"is in the year {wall.year}: instants lie in the years {FIRST_YEAR} to {LAST_YEAR}")
    return _in_range(wall.replace(tzinfo=zone).astimezone(UTC))


def _moment(iso: str, value: str) -> datetime:
    try:
        return datetime.fromisoformat(iso)
    except ValueError as error:
        raise RefusedError(f"is {shown(value)}: there is no such date or time") from error


def _shifted(wall: datetime, sign: str, hours: int, minutes: int, value: str) -> datetime:
    if hours > 23 or minutes > 59:
        raise RefusedError(f"is {shown(value)}: there is no such offset")
    offset = timedelta(hours=hours, minutes=minutes)
    try:
        return wall - offset if sign == "+" else wall + offset
    except OverflowError as error:
        raise RefusedError(f"is {shown(value)}: instants lie in the years 1900 to 2299") from error


def _in_range(moment: datetime) -> datetime:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise RefusedError(f"is in the year {moment.year}: instants lie in the years {FIRST_YEAR} to {LAST_YEAR}")
    return moment


def texts(value: list[Any]) -> tuple[str, ...]:
    """A set of texts, sorted."""
    for item in value:
        if not isinstance(item, str):
            raise RefusedError(f"is a list that holds {shown(item)}: lists are lists of texts")
        text(item)
    return tuple(sorted(set(value)))


def cell_parser(kind: str, zone: tzinfo) -> Parse:
    """Reads one non-empty CSV cell as `kind`; answers None for a blank cell of any type but text."""

    def numbers(cell: str) -> float | None:
        stripped = cell.strip()
        if stripped and NUMBER.fullmatch(stripped) is None:
            special = stripped.lstrip("+-").lower() in {"nan", "inf", "infinity"}
            raise RefusedError(f"is {shown(cell)}, {'which is no finite number' if special else 'not a number'}")
        return number(float(stripped)) if stripped else None

    def booleans(cell: str) -> bool | None:
        lowered = cell.strip().lower()
        if lowered not in {"true", "false", ""}:
            raise RefusedError(f"is {shown(cell)}, not true or false")
        return lowered == "true" if lowered else None

    def datetimes(cell: str) -> datetime | None:
        stripped = cell.strip()
        return instant(stripped, zone) if stripped else None

    return {
        TraitType.TEXT.value: text,
        TraitType.NUMBER.value: numbers,
        TraitType.BOOLEAN.value: booleans,
        TraitType.DATETIME.value: datetimes,
        TraitType.LIST.value: _list_cell,
    }[kind]


def _list_cell(cell: str) -> tuple[str, ...] | None:
    if not cell.strip():
        return None
    try:
        value = json.loads(cell)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, list):
        raise RefusedError(f'is {shown(cell)}, not a list such as ["a", "b"]; to split it use --list COLUMN=SEPARATOR')
    return texts(value)


def typed_parser(kind: str, zone: tzinfo) -> Parse:
    """Takes one JSON or Parquet value that must be of `kind` already; datetimes may be texts in ISO form."""

    def a_datetime(value: object) -> datetime:
        return _typed_datetime(value, zone)

    return {
        TraitType.TEXT.value: _typed_text,
        TraitType.NUMBER.value: _typed_number,
        TraitType.BOOLEAN.value: _typed_boolean,
        TraitType.DATETIME.value: a_datetime,
        TraitType.LIST.value: _typed_list,
    }[kind]


def _mismatch(value: object, kind: TraitType) -> RefusedError:
    return RefusedError(f"is {described(value)}, not a {kind.value}")


def _typed_text(value: object) -> str:
    if not isinstance(value, str):
        raise _mismatch(value, TraitType.TEXT)
    return text(value)


def _typed_number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise _mismatch(value, TraitType.NUMBER)
    return number(value)  # type: ignore[arg-type]  # float() takes a Decimal


def _typed_boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise _mismatch(value, TraitType.BOOLEAN)
    return value


def _typed_datetime(value: object, zone: tzinfo) -> datetime:
    if isinstance(value, str):
        return instant(value, zone)
    if isinstance(value, datetime):
        return in_zone(value, zone) if value.tzinfo is None else _in_range(value.astimezone(UTC))
    if isinstance(value, date):
        return _in_range(datetime(value.year, value.month, value.day, tzinfo=UTC))
    raise _mismatch(value, TraitType.DATETIME)


def _typed_list(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _mismatch(value, TraitType.LIST)
    return texts(value)


def split_parser(separator: str) -> Parse:
    """Splits a text into a list at `separator`; blanks around the items and empty items go."""

    def parts(value: object) -> tuple[str, ...]:
        if isinstance(value, list):
            return texts(value)
        if not isinstance(value, str):
            raise RefusedError(f"is {described(value)}, not a text that could be split")
        return texts([item.strip() for item in value.split(separator) if item.strip()])

    return parts


def date_parser(form: str, zone: tzinfo) -> Parse:
    """Reads a text by a pattern such as ``%d/%m/%Y``; a pattern without a time gives midnight UTC."""
    timed = any(code in form for code in ("%H", "%I", "%X", "%c", "%s"))

    def moment(value: object) -> datetime | None:
        if isinstance(value, datetime | date):
            return _typed_datetime(value, zone)
        stripped = value.strip() if isinstance(value, str) else ""
        if isinstance(value, str) and not stripped:
            return None
        try:
            read = datetime.strptime(stripped, form)  # noqa: DTZ007  # the zone is put on below
        except ValueError as error:
            raise RefusedError(f"is {shown(value)}, which does not look like {form}") from error
        if read.tzinfo is not None:
            return _in_range(read.astimezone(UTC))
        return in_zone(read, zone if timed else UTC)

    return moment


def described(value: object) -> str:
    """A JSON or Parquet value with the word for its type."""
    words = ((bool, "the boolean"), (str, "the text"), (int | float | Decimal, "the number"), (list, "the list"))
    if isinstance(value, datetime | date):
        return f"the datetime {value.isoformat()}"
    for kind, word in words:
        if isinstance(value, kind):
            return f"{word} {shown(value if isinstance(value, str) else json.dumps(value, default=str))}"
    return "an object" if isinstance(value, dict) else "a value without a type here"


def identifier(value: object) -> str:
    """An id as text: a whole number is written without a point, blanks around it go; "" where there is none."""
    if value is None or value is NULL:
        return ""
    if isinstance(value, str):
        stripped = text(value).strip()
    elif isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise RefusedError(f"is {described(value)}, which is no id")
    elif value == value // 1:
        stripped = str(int(value))
    else:
        raise RefusedError(f"is {described(value)}, which is no whole number and so no id")
    if len(stripped) > LONGEST_ID:
        raise RefusedError(f"is longer than {LONGEST_ID} characters")
    return stripped
