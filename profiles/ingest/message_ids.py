"""Message ids: their 128-bit hash, and the id that is derived for an event that came without one."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from profiles.ingest.naming import Named
from profiles.ingest.readers import Table
from profiles.ingest.values import NULL

PREFIX = "import:"
CELL, HEADER = "\x1f", "\x1e"


def hashed(message_id: str) -> UUID:
    """The key of `EventId`."""
    return UUID(bytes=hashlib.blake2b(message_id.encode(), digest_size=16).digest())


def contents(chunk: Named, event: str | None) -> list[str]:
    """What each row says, as one text; rows that say the same have the same text, in any file of any order.

    It is the file's own spelling under the names that the columns have here, so `--map` and `--skip` count.
    """
    if isinstance(chunk.raws, Table):
        return _cell_contents(chunk, event)
    roles, fields = list(chunk.roles.items()), list(chunk.fields.items())
    return [_typed_content(row, roles, fields, event) for row in range(len(chunk.lines))]


def _cell_contents(chunk: Named, event: str | None) -> list[str]:
    named = {f"i.{role}": cells for role, cells in chunk.roles.items()}
    named |= {f"v.{key}": cells for key, cells in chunk.fields.items()}
    if chunk.typed:
        named = {name: list(map(_cell, values)) for name, values in named.items()}
    names = sorted(named)
    head = CELL.join([event or "", *names]) + HEADER
    if not names:
        return []
    return [head + CELL.join(cells) for cells in zip(*(named[name] for name in names), strict=True)]


def _cell(value: object) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else str(value)


def _typed_content(
    row: int, roles: Iterable[tuple[str, Sequence[Any]]], fields: Iterable[tuple[str, Sequence[Any]]], event: str | None
) -> str:
    said = {f"i.{role}": found[row] for role, found in roles if found[row] is not None and found[row] is not NULL}
    said |= {f"v.{key}": found[row] for key, found in fields if found[row] is not None and found[row] is not NULL}
    return json.dumps([event, said], sort_keys=True, default=str)


def derived(content: str, position: int) -> str:
    """The message id of a row without one: the same for the same content at the same place among equal rows."""
    digest = hashlib.blake2b(content.encode(), digest_size=16).hexdigest()
    return f"{PREFIX}{digest}:{position}"
