"""The last messages, in a small SQLite file beside the demo's data: the registry's database knows nothing of them."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

KEPT = 500
EXCERPT = 1_500
SCHEMA = """
    CREATE TABLE IF NOT EXISTS message (
        place INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, received_at TEXT NOT NULL, kind TEXT NOT NULL,
        activation TEXT NOT NULL, segment TEXT NOT NULL, added INTEGER NOT NULL, removed INTEGER NOT NULL,
        body TEXT NOT NULL
    )
"""


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `body` is the JSON as it came."""

    id: str
    received_at: datetime
    kind: str
    activation: str
    segment: str
    added: int
    removed: int
    body: str

    @property
    def excerpt(self) -> str:
        """The beginning, a line for each value."""
        return json.dumps(json.loads(self.body), indent=1, ensure_ascii=False)[:EXCERPT]


class Inbox:
    """Messages by the order in which they came; each id once."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def take(self, message_id: str, document: dict[str, Any], body: str) -> None:
        """Keep a message; one whose id is known changes nothing. The oldest go."""
        data = document.get("data", {})
        row = (
            message_id, datetime.now(UTC).isoformat(), document.get("type", ""), data.get("activation", ""),
            data.get("segment", ""), len(data.get("added", [])), len(data.get("removed", [])), body,
        )  # fmt: skip
        with self._open() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO message (id, received_at, kind, activation, segment, added, removed, body)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            )
            connection.execute("DELETE FROM message WHERE place <= (SELECT max(place) FROM message) - ?", (KEPT,))

    def latest(self, count: int) -> list[Message]:
        """The newest first."""
        with self._open() as connection:
            rows = connection.execute(
                "SELECT id, received_at, kind, activation, segment, added, removed, body"
                " FROM message ORDER BY place DESC LIMIT ?",
                (count,),
            ).fetchall()
        return [Message(row[0], datetime.fromisoformat(row[1]), *row[2:]) for row in rows]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A connection whose changes are kept if nothing goes wrong; others wait for it."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._path, timeout=10)) as connection, connection:
            connection.execute(SCHEMA)
            yield connection
