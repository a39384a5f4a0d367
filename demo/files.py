"""Writes what is imported as CSV: rows of companies and people, and the events of each source in the order of time.

``python -m demo.files FOLDER TODAY UNTIL`` writes the events of the year in a process of its own, while another one
imports the people. It needs no settings and no database.
"""

import csv
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from demo.world import DAYS
from demo.world.cast import Cast
from demo.world.events import PROPERTIES, Log, Row
from demo.world.stories import year

FIXED = ("user_id", "company_id", "second")
PLAIN = pyarrow.csv.WriteOptions(quoting_style="needed")


def write_rows(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    """One line per row, under the names of the first; None is an empty cell."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def begin_events(folder: Path, today: datetime, until: datetime) -> subprocess.Popen[bytes]:
    """The process that writes a file per source, `SOURCE.csv`, with what happened before `until`."""
    return subprocess.Popen([sys.executable, "-m", __name__, str(folder), today.isoformat(), until.isoformat()])


def write_events(folder: Path, log: Log, today: datetime, until: datetime) -> None:
    """A file per source with what happened before `until`."""
    first = today - timedelta(days=DAYS)
    last = (until - first) // timedelta(seconds=1)
    for source in PROPERTIES:
        _write(folder / f"{source}.csv", source, log, first, last)


def _write(path: Path, source: str, log: Log, first: datetime, last: int) -> None:
    parts = [_table(event, names, log.rows[event]) for event, names in PROPERTIES[source].items()]
    table = pa.concat_tables(parts, promote_options="permissive")
    table = table.filter(pc.less(table["second"], last)).sort_by(
        [("second", "ascending"), ("user_id", "ascending"), ("event", "ascending")]
    )
    moments = pc.add(table["second"], int(first.timestamp())).cast(pa.timestamp("s", "UTC"))
    numbers = pa.array(range(table.num_rows), pa.int64()).cast(pa.string())
    table = table.drop_columns("second").append_column("timestamp", moments)
    table = table.append_column("message_id", pc.binary_join_element_wise(source, numbers, "-"))
    pyarrow.csv.write_csv(table, path, PLAIN)


def _table(event: str, properties: tuple[str, ...], rows: Sequence[Row]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * (len(FIXED) + len(properties))
    named = dict(zip((*FIXED, *properties), map(pa.array, columns), strict=True))
    return pa.table({"event": pa.repeat(event, len(rows)), **named})


if __name__ == "__main__":
    _today, _until = map(datetime.fromisoformat, sys.argv[2:])
    write_events(Path(sys.argv[1]), year(Cast.gather(), _today.date()), _today, _until)
