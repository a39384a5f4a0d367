"""Which rows of the input say the same key again, found with DuckDB so that memory stays bounded."""

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import pyarrow as pa

MEMORY = "100MB"


@dataclass(frozen=True, slots=True)
class Repeat:
    """A row whose key other rows have too: which group of equal keys (counted from 0), and its place in it."""

    group: int
    position: int


class Repeats:
    """Takes the key of every row of the input in order, then tells those that occur more than once.

    Keys are compared by a 128-bit hash, which DuckDB keeps in a file of its own in `folder`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # Not from the factory of profiles/lake: its database is in memory and shared, this one is a file and small.
        config: dict[str, str | bool | int | float | list[str]] = {
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "memory_limit": MEMORY,
            "threads": "1",
            "temp_directory": str(folder / "spill"),
            "preserve_insertion_order": "false",
        }
        self._duck = duckdb.connect(str(folder / "repeats.duckdb"), config=config)
        self._duck.execute("SET enable_progress_bar = false")  # it would write to stdout
        self._duck.execute("CREATE TABLE keys (row BIGINT, key UHUGEINT)")
        self._duck.execute("BEGIN")  # one transaction: nothing of it has to outlive this process
        self.rows = 0
        self.groups = 0
        self.repeated = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._duck.close()

    def add(self, keys: pa.Array) -> None:
        """The keys of the next rows, "" or null for a row without one."""
        numbers = pa.array(range(self.rows, self.rows + len(keys)), pa.int64())
        self._duck.register("chunk", pa.table({"row": numbers, "key": keys}))
        self._duck.execute("INSERT INTO keys SELECT row, md5_number(key) FROM chunk WHERE key <> ''")
        self._duck.unregister("chunk")
        self.rows += len(keys)

    def settle(self) -> None:
        """All rows have been added: find the repeats."""
        self._duck.execute("CREATE TABLE twice AS SELECT key FROM keys GROUP BY key HAVING count(*) > 1")
        self._duck.execute(
            "CREATE TABLE repeats AS SELECT row, dense_rank() OVER (ORDER BY key) - 1 AS grp,"
            " row_number() OVER (PARTITION BY key ORDER BY row) - 1 AS position"
            " FROM keys WHERE key IN (SELECT key FROM twice) ORDER BY row"
        )
        self._duck.execute("DROP TABLE keys")
        counted = self._duck.execute("SELECT (SELECT count(*) FROM twice), (SELECT count(*) FROM repeats)").fetchone()
        assert counted is not None  # an aggregate without GROUP BY has one row
        self.groups, self.repeated = counted

    def among(self, first: int, count: int) -> dict[int, Repeat]:
        """The repeats among `count` rows from row `first` on, by row."""
        if not self.repeated:
            return {}
        rows = self._duck.execute(
            "SELECT row, grp, position FROM repeats WHERE row >= ? AND row < ?", [first, first + count]
        ).fetchall()
        return {row: Repeat(group, position) for row, group, position in rows}
