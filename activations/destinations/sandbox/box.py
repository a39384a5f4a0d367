"""What a sandbox holds, in a SQLite file of its own: the registry's database knows nothing of it, as of any tool."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from activations.destinations.base import Column, Policy, Record, Value

SCHEMA = """
    CREATE TABLE IF NOT EXISTS person (
        key TEXT PRIMARY KEY, fields TEXT NOT NULL, arrived INTEGER NOT NULL
    )
"""
_PUT = """
    INSERT INTO person (key, fields, arrived) VALUES (?, ?, (SELECT coalesce(max(arrived), 0) + 1 FROM person))
    ON CONFLICT (key) DO UPDATE SET fields = excluded.fields, arrived = excluded.arrived
"""

Fields = dict[str, Value]


class Box:
    """People by key, each with fields by name."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def put(self, columns: Sequence[Column], records: Iterable[Record]) -> None:
        with self._open() as database:
            for record in records:
                row = database.execute("SELECT fields FROM person WHERE key = ?", (record.key,)).fetchone()
                fields = _merged(json.loads(row[0]) if row else {}, columns, record.values)
                database.execute(_PUT, (record.key, json.dumps(fields)))

    def drop(self, keys: Iterable[str]) -> None:
        with self._open() as database:
            database.executemany("DELETE FROM person WHERE key = ?", [(key,) for key in keys])

    def keep_only(self, keys: set[str]) -> None:
        with self._open() as database:
            there = [key for (key,) in database.execute("SELECT key FROM person")]
        self.drop(key for key in there if key not in keys)

    def latest(self, most: int) -> list[Mapping[str, Value]]:
        """The fields of those who arrived last."""
        with self._open() as database:
            rows = database.execute("SELECT fields FROM person ORDER BY arrived DESC LIMIT ?", (most,)).fetchall()
        return [json.loads(fields) for (fields,) in rows]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A connection whose changes are kept if nothing goes wrong; others wait for it."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._path, timeout=20)) as database, database:
            database.execute(SCHEMA)
            yield database


def _merged(there: Fields, columns: Sequence[Column], values: Sequence[Value]) -> Fields:
    fields = dict(there)
    for column, value in zip(columns, values, strict=True):
        before = there.get(column.name)
        match column.policy:
            case Policy.SET_IF_EMPTY if before not in (None, ""):
                pass
            case Policy.APPEND if before is not None:
                fields[column.name] = _appended(before, value)
            case _:
                fields[column.name] = value
    return fields


def _appended(before: Value, value: Value) -> Value:
    """A list of what was there and what is new of it."""
    known = before if isinstance(before, list) else [str(before)]
    more = value if isinstance(value, list) else [] if value is None else [str(value)]
    return [*known, *(one for one in more if one not in known)]
