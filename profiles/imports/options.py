"""The options of an import as JSON: those of the commands, by the same names."""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError

from profiles.imports import files
from profiles.ingest import options as reading
from profiles.ingest.agreement import source_of
from profiles.ingest.options import Options
from profiles.ingest.refusals import ImportRefusedError, WrongUseError
from profiles.models import Import

CALLED = "file"
"""What messages call the file, which has no name of its own."""


def check(kind: str, given: Mapping[str, Any]) -> None:
    """Look at options before there is a file. Raises `ValidationError` at the option."""
    strange = {"id": kind == Import.Kind.EVENTS, "event": kind != Import.Kind.EVENTS}
    if wrong := [name for name, is_strange in strange.items() if is_strange and given.get(name)]:
        raise ValidationError({wrong[0]: f"This goes with other imports than those of {kind}: leave it out."})
    _checked("timezone", lambda: reading.timezone(given.get("timezone") or "UTC"))
    _checked("types", lambda: reading.types_of(given.get("types", {}), "types"))
    _checked("source", lambda: source_of(Options((), source=given.get("source"))))


def options_of(row: Import) -> Options:
    """How a worker imports the file."""
    given = row.options
    return Options(
        files=(files.data_of(row.pk),),
        called=CALLED,
        id_column=given.get("id"),
        event=given.get("event"),
        renames=given.get("map", {}),
        skipped=frozenset(given.get("skip", ())),
        separators=given.get("list", {}),
        date_forms=given.get("date", {}),
        source=given.get("source"),
        zone=reading.timezone(given.get("timezone") or "UTC"),
        zone_given="timezone" in given,
        encoding=given.get("encoding"),
        types=reading.types_of(given.get("types", {}), "types"),
        accepted=bool(given.get("yes")),
    )


def _checked(name: str, read: Callable[[], object]) -> None:
    try:
        read()
    except (ImportRefusedError, WrongUseError) as error:
        raise ValidationError({name: str(error)}) from error
