"""From JSON to a checked definition, or to everything that is wrong with it."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final
from zoneinfo import available_timezones

from segments.rules.catalogue import Catalogue, Unit
from segments.rules.documents import MOST_BYTES, Loaded, compact_size, load
from segments.rules.errors import Code, DefinitionErrors, RuleError
from segments.rules.nodes import Definition, Rule
from segments.rules.parsing.findings import Findings
from segments.rules.parsing.reading import Reading, check_keys, kind_of, read_choice, shown, wrong_type
from segments.rules.parsing.rules import Place, read_rule
from segments.rules.paths import Path

VERSION: Final = 1
MOST_LEAVES: Final = 200
KEYS: Final = ("version", "unit", "timezone", "rule")


def parse(
    document: object, catalogue: Catalogue, *, default_timezone: str = "UTC", key: str | None = None
) -> Definition:
    """The definition that a JSON document holds.

    `key` is the segment that is being defined, so that references that lead back to it are found. Raises
    DefinitionErrors with every mistake, in document order.
    """
    return _parse(document, (), catalogue, default_timezone, key)


def parse_text(
    text: str | bytes, catalogue: Catalogue, *, default_timezone: str = "UTC", key: str | None = None
) -> Definition:
    """Like `parse`, from JSON text; keys given twice, bad UTF-8 and text that is no JSON are mistakes too."""
    return parse_loaded(load(text), catalogue, default_timezone=default_timezone, key=key)


def parse_loaded(
    loaded: Loaded, catalogue: Catalogue, *, default_timezone: str = "UTC", key: str | None = None
) -> Definition:
    """Like `parse_text`, from JSON that has been read already."""
    return _parse(loaded.document, loaded.doubled, catalogue, default_timezone, key)


@cache
def known_timezones() -> frozenset[str]:
    """The IANA names; `localtime`, which some machines add, means something else on each of them."""
    return frozenset(available_timezones() - {"localtime"})


def _parse(
    document: object, doubled: tuple[Path, ...], catalogue: Catalogue, default_timezone: str, key: str | None
) -> Definition:
    _check_size(document)
    reading = Reading(Findings(document), catalogue, key)
    definition = _read_definition(reading, document, default_timezone)
    _report_doubled(reading, doubled)
    if reading.leaves > MOST_LEAVES:
        message = f"The rule has {reading.leaves:,} conditions, at most {MOST_LEAVES}: make some of them segments"
        reading.add(("rule",), Code.LIMIT, message)
    if reading.findings or definition is None:
        raise DefinitionErrors(reading.findings.in_document_order())
    return definition


def _report_doubled(reading: Reading, doubled: tuple[Path, ...]) -> None:
    """Keys that were given more than once, but for those that have to be removed altogether."""
    if not doubled:
        return
    removed = reading.findings.places(Code.NOT_ALLOWED)
    messages = {path: f"The key {shown(str(path[-1]))} is given more than once: keep one" for path in doubled}
    reading.findings.add_before(
        (path, Code.NOT_ALLOWED, message) for path, message in messages.items() if path not in removed
    )


def _check_size(document: object) -> None:
    size = compact_size(document)
    if size is not None and size > MOST_BYTES:
        message = f"The definition has {size:,} bytes as compact JSON, at most {MOST_BYTES:,}: shorten its lists"
        raise DefinitionErrors((RuleError("", Code.LIMIT, message),))


def _read_definition(reading: Reading, document: object, default_timezone: str) -> Definition | None:
    if not isinstance(document, dict):
        message = f"A definition is an object like {{'unit': 'profile', 'rule': ...}}, not {kind_of(document)}"
        reading.add((), Code.WRONG_TYPE, message)
        return None
    check_keys(reading, (), document, KEYS, required=("unit", "rule"))
    _check_version(reading, document)
    unit = _read_unit(reading, document)
    timezone = _read_timezone(reading, document, default_timezone)
    rule: Rule | None = read_rule(reading, Place(("rule",), unit), document["rule"]) if "rule" in document else None
    if unit is None or timezone is None or rule is None:
        return None
    return Definition(unit, timezone, rule)


def _check_version(reading: Reading, document: Mapping[str, Any]) -> None:
    if "version" not in document:
        return
    version = document["version"]
    if isinstance(version, bool) or not isinstance(version, int):
        wrong_type(reading, ("version",), version, f"the whole number {VERSION}")
    elif version != VERSION:
        reading.add(("version",), Code.BAD_VALUE, f"This registry reads version {VERSION} of the language only")


def _read_unit(reading: Reading, document: Mapping[str, Any]) -> Unit | None:
    if "unit" not in document:
        return None
    name = read_choice(reading, ("unit",), document["unit"], tuple(Unit))
    return None if name is None else Unit(name)


def _read_timezone(reading: Reading, document: Mapping[str, Any], default: str) -> str | None:
    if "timezone" not in document:
        return default
    name = document["timezone"]
    if not isinstance(name, str):
        wrong_type(reading, ("timezone",), name, "the IANA name of a time zone, like 'Europe/Berlin'")
        return None
    if name not in known_timezones():
        hint = reading.findings.suggest(name, known_timezones())
        message = f"There is no time zone {shown(name)}{hint or ': use an IANA name like Europe/Berlin'}"
        reading.add(("timezone",), Code.BAD_VALUE, message)
        return None
    return name
