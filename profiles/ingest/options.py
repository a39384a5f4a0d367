"""What the command line of an import says, checked for itself; whether it fits the files is seen when they are read."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from profiles.ingest.refusals import ImportRefusedError, WrongUseError
from profiles.models import TraitType

SECTIONS = ("profile_traits", "company_traits", "events")


@dataclass(frozen=True, slots=True)
class DeclaredTypes:
    """The content of a --types file."""

    profile_traits: Mapping[str, str] = field(default_factory=dict)
    company_traits: Mapping[str, str] = field(default_factory=dict)
    events: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Options:
    """How to import. Names of columns are those of the files; `called` is the name of one that has no other path
    than ours."""

    files: tuple[Path, ...]
    called: str | None = None
    id_column: str | None = None
    event: str | None = None
    renames: Mapping[str, str] = field(default_factory=dict)
    skipped: frozenset[str] = frozenset()
    separators: Mapping[str, str] = field(default_factory=dict)
    date_forms: Mapping[str, str] = field(default_factory=dict)
    source: str | None = None
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    zone_given: bool = False
    encoding: str | None = None
    types: DeclaredTypes = field(default_factory=DeclaredTypes)
    accepted: bool = False
    rejects: Path | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """What messages and rejects call the files."""
        return tuple(map(str, self.files)) if self.called is None else (self.called,)


def pairs(option: str, given: Sequence[str]) -> dict[str, str]:
    """``COLUMN=VALUE`` as a mapping; the last ``=`` but those at the end parts the two."""
    found: dict[str, str] = {}
    for item in given:
        column, equals, value = item.partition("=")
        if not equals or not column or not value:
            raise WrongUseError(f"{option} {item!r}: write COLUMN=VALUE")
        if column in found:
            raise WrongUseError(f"{option}: column {column!r} is named twice")
        found[column] = value
    return found


def timezone(name: str) -> ZoneInfo:
    """A zone by its IANA name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise WrongUseError(f"--timezone {name}: no such time zone; use a name such as Europe/London") from error


def declared_types(path: Path | None) -> DeclaredTypes:
    """Read a --types file."""
    if path is None:
        return DeclaredTypes()
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ImportRefusedError(f"--types {path}: {error.strerror}") from error
    except ValueError as error:
        raise ImportRefusedError(f"--types {path} is not JSON: {error}") from error
    return types_of(content, f"--types {path}")


def types_of(content: Any, what: str) -> DeclaredTypes:
    """The declared types of a JSON document, which messages call `what`. Raises `ImportRefusedError`."""
    unknown = sorted(set(_mapping(what, "the whole", content)) - set(SECTIONS))
    if unknown:
        raise ImportRefusedError(f"{what}: {', '.join(unknown)} is none of {', '.join(SECTIONS)}")
    events = _mapping(what, "events", content.get("events", {}))
    return DeclaredTypes(
        profile_traits=_types(what, "profile_traits", content.get("profile_traits", {})),
        company_traits=_types(what, "company_traits", content.get("company_traits", {})),
        events={name: _types(what, f"events.{name}", properties) for name, properties in events.items()},
    )


def _mapping(what: str, where: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ImportRefusedError(f"{what}: {where} must be a JSON object")
    return value


def _types(what: str, where: str, value: Any) -> dict[str, str]:
    types = _mapping(what, where, value)
    for key, kind in types.items():
        if kind not in TraitType.values:
            raise ImportRefusedError(f"{what}: {where}.{key} is {kind!r}; the types are {', '.join(TraitType.values)}")
    return types
