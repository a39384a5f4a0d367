"""The values of a chunk by the plan: columns, and for each row that cannot be taken the reasons."""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from profiles.ingest.columns import Column, Reading, read_cells, read_typed
from profiles.ingest.naming import Found, Named
from profiles.ingest.plan import Owned
from profiles.ingest.refusals import RefusedError
from profiles.ingest.values import LONGEST_ID, NULL, identifier

Reasons = dict[int, list[str]]
"""Position of a row in its chunk → why it cannot be taken."""
PLAIN_ID = rf"^(?:[!-~](?:[ -~]{{0,{LONGEST_ID - 2}}}[!-~])?)?$"
"""Printable ASCII without blanks around it, or nothing: an identifier as it stands."""


def read_fields(
    owner: str,
    fields: Mapping[str, Found],
    readings: Mapping[Owned, Reading],
    reasons: Reasons,
    *,
    typed: bool,
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


def read_ids(role: str, chunk: Named, reasons: Reasons) -> pa.Array:
    """Identifiers as text, "" where there is none; what is refused is added to `reasons`."""
    found = chunk.roles.get(role)
    if found is None:
        return pa.repeat("", len(chunk.lines))
    ids = _plain_ids(found)
    if not ids.null_count:
        return ids
    read = ids.to_pylist()
    for position in pc.indices_nonzero(pc.is_null(ids)).to_pylist():
        value = found[position] if isinstance(found, list) else found[position].as_py()
        try:
            read[position] = identifier(value)
        except RefusedError as error:
            read[position] = ""
            reasons.setdefault(position, []).append(f"{role} {error}")
    return pa.array(read, pa.string())


def _plain_ids(found: Found) -> pa.Array:
    """Identifiers that need no second look; null for the rest."""
    if isinstance(found, list):
        if set(map(type, found)) != {str}:
            return pa.nulls(len(found), pa.string())
        try:
            found = pa.array(found, pa.string())
        except UnicodeEncodeError:
            return pa.nulls(len(found), pa.string())
    if pa.types.is_integer(found.type):
        return pc.fill_null(pc.cast(found, pa.string()), "")
    if not pa.types.is_string(found.type):
        return pa.nulls(len(found), pa.string())
    there = pc.fill_null(found, "")
    return pc.if_else(pc.match_substring_regex(there, PLAIN_ID), there, None)


def said(role: str, chunk: Named, reasons: Reasons) -> pa.Array:
    """Identifiers with null where the file says nothing, and "" where it takes away (JSON null)."""
    ids = read_ids(role, chunk, reasons)
    found = chunk.roles.get(role)
    silent = pc.equal(ids, "")
    if isinstance(found, list):
        silent = pc.and_(silent, pa.array([value is not NULL for value in found], pa.bool_()))
    return pc.if_else(silent, None, ids)
