"""The values of a message by the types of the catalogue: taken as they are, or refused; never made to fit."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from profiles.ingest.refusals import RefusedError
from profiles.ingest.values import shown, typed_parser
from profiles.models import TraitType

Read = Callable[[Any], Any]


def flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Key → value, with the members of an object as ``object.member``; lists that hold anything but texts are left out,
    since they are of no type here."""
    for key, value in values.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{key}.")
        elif not isinstance(value, list) or all(isinstance(item, str) for item in value):
            yield prefix + key, value


def _reader(kind: str) -> Read:
    parse = typed_parser(kind, UTC)
    if kind == TraitType.DATETIME:
        return lambda value: stored_instant(parse(value))
    return parse  # a list is a tuple, which JSON writes as a list


def stored_instant(moment: datetime) -> str:
    """``YYYY-MM-DDTHH:MM:SS.ffffffZ``"""
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


_READ: Mapping[str, Read] = {kind: _reader(kind) for kind in TraitType.values}


def stored(values: Mapping[str, Any], types: Mapping[str, str], what: str) -> dict[str, Any]:
    """Values by key in the form that is kept; None for what is null. `what` they are is for the reason.

    Raises `RefusedError` for the first that has another type than the catalogue says, or that it does not have.
    """
    found: dict[str, Any] = {}
    for key, value in flat(values):
        if value is None:
            found[key] = None
            continue
        kind = types.get(key)
        if kind is None:
            raise RefusedError(f"{what} {shown(key)} is not in the catalogue, which does not take its name or is full")
        try:
            found[key] = _READ[kind](value)
        except RefusedError as error:
            raise RefusedError(f"{what} {key} {error}") from error
    return found
