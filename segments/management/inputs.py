"""What the commands read: definitions from files, instants and time zones from their options."""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path as FilePath
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import CommandError

from segments.rules.catalogue import Catalogue, SegmentEntry, Unit
from segments.rules.documents import Loaded, load
from segments.rules.errors import Code, DefinitionErrors, RuleError
from segments.rules.instants import parse_instant
from segments.rules.moments import FIRST, Clock
from segments.rules.nodes import At, Definition
from segments.rules.parse import known_timezones, parse_loaded
from segments.rules.paths import Path, show_path

USAGE = 2
"""The exit status of a mistake in how a command was called."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One definition that was asked for: valid, at an instant if one was named, or with its mistakes."""

    id: object
    definition: Definition | None
    as_of: datetime | None = None
    errors: tuple[RuleError, ...] = ()


def usage_error(message: str) -> CommandError:
    """For a mistake in how the command was called."""
    return CommandError(message, returncode=USAGE)


def read_source(name: str) -> bytes:
    """The bytes of a file, or of standard input where the name is ``-``."""
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return FilePath(name).read_bytes()
    except OSError as error:
        raise usage_error(f"{name} can't be read: {error.strerror}.") from error


def instant_option(text: str, timezone: str) -> datetime:
    """The value of ``--as-of``: a date is its midnight in the timezone."""
    moment = _instant(text, timezone)
    if moment is None:
        raise usage_error(f"--as-of {text} is no instant: write 2026-03-01T09:30:00Z, or a date like 2026-03-01.")
    return moment


def timezone_option(name: str) -> str:
    """The value of ``--timezone``."""
    if name not in known_timezones():
        raise usage_error(f"--timezone {name} is unknown: use an IANA name like Europe/Berlin.")
    return name


def segments_option(name: str, timezone: str) -> dict[str, SegmentEntry]:
    """The file of ``--segments``: a JSON object, segment key → definition; each counts as published and live.

    `timezone` is that of ``--timezone``, for definitions that name none.
    Raises CommandError, of status 1 as for any invalid input, where the file holds something else.
    """
    try:
        document = load(read_source(name)).document
    except DefinitionErrors as errors:
        raise CommandError(f"--segments {name}: {errors}") from errors
    if not isinstance(document, dict):
        raise CommandError(f"--segments {name}: it must be an object, segment key → definition.")
    return {key: _entry(name, key, definition, timezone) for key, definition in document.items()}


def _entry(name: str, key: str, definition: object, timezone: str) -> SegmentEntry:
    unit = definition.get("unit") if isinstance(definition, Mapping) else None
    if not isinstance(definition, Mapping) or unit not in tuple(Unit):
        raise CommandError(f"--segments {name}: '{key}' is no definition with the unit profile or company.")
    return SegmentEntry(key, Unit(unit), {"timezone": timezone, **definition})


def read_asked(source: bytes, *, many: bool, catalogue: Catalogue, timezone: str) -> Iterator[Asked]:
    """The definitions of a file: one as a whole, or one per line, each as it is or within ``{"id", ...}``."""
    if not many:
        yield _checked(None, _loaded(source), catalogue, timezone, None)
        return
    for number, line in enumerate(source.split(b"\n"), start=1):
        if line.strip():
            yield _line(number, line, catalogue, timezone)


def is_many(name: str, source: bytes) -> bool:
    """Whether there is a definition per line: by the file's name, or by what comes from standard input."""
    if name != "-":
        return name.endswith(".jsonl")
    lines = [line for line in source.split(b"\n") if line.strip()]
    if not lines:
        return False
    try:
        first = json.loads(lines[0])
    except ValueError:
        return False
    return len(lines) > 1 or (isinstance(first, dict) and "definition" in first)


WRAPPER = ("id", "as_of", "timezone", "definition")


def _line(number: int, line: bytes, catalogue: Catalogue, timezone: str) -> Asked:
    """One line; without an id of its own its number is its id."""
    loaded = _loaded(line)
    document = loaded.document if isinstance(loaded, Loaded) else None
    if not (isinstance(loaded, Loaded) and isinstance(document, dict) and "definition" in document):
        return _checked(number, loaded, catalogue, timezone, None)
    mistakes = [_doubled(path) for path in loaded.doubled if len(path) == 1]
    mistakes += [_unknown(key) for key in document if key not in WRAPPER]
    own_zone = document.get("timezone", timezone)
    if not isinstance(own_zone, str) or own_zone not in known_timezones():
        mistakes.append(RuleError("timezone", Code.BAD_VALUE, f"There is no time zone {own_zone!r}"))
        own_zone = timezone
    as_of = _instant(document["as_of"], own_zone) if "as_of" in document else None
    if "as_of" in document and as_of is None:
        message = "This is no instant: write 2026-03-01T09:30:00Z, or a date like 2026-03-01"
        mistakes.append(RuleError("as_of", Code.BAD_INSTANT, message))
    asked = _checked(document.get("id", number), loaded.below("definition"), catalogue, own_zone, as_of)
    return replace(asked, errors=(*mistakes, *asked.errors))


def _unknown(key: str) -> RuleError:
    return RuleError(show_path((key,)), Code.UNKNOWN_KEY, f"A line has {', '.join(WRAPPER)} only: remove '{key}'")


def _doubled(path: Path) -> RuleError:
    return RuleError(show_path(path), Code.NOT_ALLOWED, f"The key '{path[0]}' is given more than once: keep one")


def _loaded(source: bytes) -> Loaded | DefinitionErrors:
    try:
        return load(source)
    except DefinitionErrors as errors:
        return errors


def _checked(
    name: object, loaded: Loaded | DefinitionErrors, catalogue: Catalogue, timezone: str, as_of: datetime | None
) -> Asked:
    if isinstance(loaded, DefinitionErrors):
        return Asked(name, None, as_of, loaded.errors)
    try:
        return Asked(name, parse_loaded(loaded, catalogue, default_timezone=timezone), as_of)
    except DefinitionErrors as errors:
        return Asked(name, None, as_of, errors.errors)


def _instant(text: Any, timezone: str) -> datetime | None:
    instant = parse_instant(text) if isinstance(text, str) else None
    if instant is None:
        return None
    return instant.moment if isinstance(instant, At) else Clock(FIRST, ZoneInfo(timezone)).instant(instant)
