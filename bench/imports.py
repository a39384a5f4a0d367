"""Imports by the commands into an empty registry: rows per second of the whole command, its start included."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq

from bench.children import Conversation, measure
from bench.home import ROOT, Place
from bench.lines import Line

TARGET_ROWS = 20_000
EVENT = "page_viewed"
"""The most common event: a quarter of all."""


def run(place: Place) -> Iterator[Line]:
    """Companies, then profiles, then the events of one name; each file also a second time, which must add nothing."""
    home = place.folder / "imports"
    shutil.rmtree(home, ignore_errors=True)
    environment = place.environment(home)
    with Conversation("bench.servers", environment) as servers:
        servers.ask("ready?")
        _import(environment, "import_companies", place.files.companies)
        yield _line(place, environment, "import of profiles", "import_profiles", place.files.profiles, TARGET_ROWS)
        events = place.files.events(EVENT)
        yield _line(place, environment, "import of events", "import_events", events, None, "--event", EVENT)
    shutil.rmtree(home)


def _line(
    place: Place, environment: dict[str, str], name: str, command: str, file: Path, target: int | None, *options: str
) -> Line:
    rows = pq.read_metadata(file).num_rows
    seconds, peak = _import(environment, command, file, *options)
    again, _ = _import(environment, command, file, *options)
    return Line(
        name=name,
        size=place.size.name,
        unit="rows/s",
        ours=rows / seconds,
        rival=target,
        target=1.0 if target else None,
        against=f"the limit of {target:,} rows/s" if target else "nothing yet",
        at_most=False,
        extra={"rows": rows, "seconds": round(seconds, 1), "again_s": round(again, 1), "peak_mb": round(peak)},
    )


def _import(environment: dict[str, str], command: str, file: Path, *options: str) -> tuple[float, float]:
    ended = measure([str(ROOT / "manage.py"), command, str(file), "--yes", *options], environment)
    return ended.seconds, ended.peak_mb
