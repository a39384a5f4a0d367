"""Message ids: their 128-bit hash, and the id that is derived for an event that came without one."""

import hashlib
import json
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from profiles.ingest.naming import Found, Named
from profiles.ingest.readers import Table
from profiles.ingest.values import NULL

PREFIX = "import:"
CELL, HEADER = "\x1f", "\x1e"


def hashed(message_id: str) -> str:
    """The key of `EventId`, in hexadecimal."""
    return hashlib.blake2b(message_id.encode(), digest_size=16).hexdigest()


def contents(chunk: Named, event: str | None) -> pa.Array:
    """What each row says, as one text; rows that say the same have the same text, in any file of any order.

    It is the file's own spelling under the names that the columns have here, so `--map` and `--skip` count.
    """
    if isinstance(chunk.raws, Table):
        return _cell_contents(chunk, event)
    roles, fields = list(chunk.roles.items()), list(chunk.fields.items())
    return pa.array([_typed_content(row, roles, fields, event) for row in range(len(chunk.lines))], pa.string())


def _cell_contents(chunk: Named, event: str | None) -> pa.Array:
    named = {f"i.{role}": cells for role, cells in chunk.roles.items()}
    named |= {f"v.{key}": cells for key, cells in chunk.fields.items()}
    if chunk.typed:
        named = {name: _texts(values) for name, values in named.items()}
    names = sorted(named)
    head = CELL.join([event or "", *names]) + HEADER
    cells = pc.binary_join_element_wise(*(named[name] for name in names), CELL)
    return pc.binary_join_element_wise(head, cells, "")


def _texts(values: pa.Array) -> pa.Array:
    """Parquet values as texts, "" for a missing one."""
    if pa.types.is_integer(values.type) or pa.types.is_floating(values.type) or pa.types.is_boolean(values.type):
        values = pc.cast(values, pa.string())
    if pa.types.is_string(values.type):
        return pc.fill_null(values, "")
    return pa.array(["" if value is None else str(value) for value in values.to_pylist()], pa.string())


def _typed_content(
    row: int, roles: Iterable[tuple[str, Found]], fields: Iterable[tuple[str, Found]], event: str | None
) -> str:
    said = {f"i.{role}": found[row] for role, found in roles if found[row] is not None and found[row] is not NULL}
    said |= {f"v.{key}": found[row] for key, found in fields if found[row] is not None and found[row] is not NULL}
    return json.dumps([event, said], sort_keys=True, default=str)


def derived(content: str, position: int) -> str:
    """The message id of a row without one: the same for the same content at the same place among equal rows."""
    digest = hashlib.blake2b(content.encode(), digest_size=16).hexdigest()
    return f"{PREFIX}{digest}:{position}"
