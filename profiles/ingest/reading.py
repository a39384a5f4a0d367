"""The values of a chunk by the plan: columns, and for each row that cannot be taken the reasons."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from profiles.ingest.columns import Column, Reading, clean, read_cells, read_typed
from profiles.ingest.plan import Owned
from profiles.ingest.refusals import RefusedError
from profiles.ingest.values import LONGEST_ID, NULL, identifier

Reasons = dict[int, list[str]]
"""Position of a row in its chunk → why it cannot be taken."""


def read_fields(
    owner: str, fields: Mapping[str, Sequence[Any]], readings: Mapping[Owned, Reading], reasons: Reasons, *, typed: bool
) -> dict[str, Column]:
    """The traits or properties that the plan reads, by key; what is refused is added to `reasons`."""
    columns: dict[str, Column] = {}
    for key, found in fields.items():
        reading = readings.get((owner, key))
        if reading is None:
            continue
        column = (read_typed if typed else read_cells)(found, reading)
        for position, reason in column.refused.items():
            reasons.setdefault(position, []).append(f"{key} {reason}")
        columns[key] = column
    return columns


def read_ids(role: str, found: Iterable[Any], reasons: Reasons) -> list[str]:
    """Identifiers as text, "" where there is none; what is refused is added to `reasons`."""
    values = list(found)
    if set(map(type, values)) == {str} and clean(values):
        ids = [value.strip() for value in values]
        if max(map(len, ids)) <= LONGEST_ID:
            return ids
    ids = []
    for position, value in enumerate(values):
        try:
            ids.append(identifier(value))
        except RefusedError as error:
            ids.append("")
            reasons.setdefault(position, []).append(f"{role} {error}")
    return ids


def said(found: Sequence[Any], ids: Sequence[str]) -> list[str | None]:
    """Identifiers with None where the file says nothing, and "" where it takes away (JSON null)."""
    return [one or ("" if value is NULL else None) for value, one in zip(found, ids, strict=True)]
