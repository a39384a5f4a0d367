"""P2: one preview with an exact count, against the same SQL on a bare DuckDB connection over the same files."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from time import perf_counter
from typing import Any

import duckdb
from django.conf import settings
from django.db import transaction

from bench import suite
from bench.lines import ROUNDS, Line, middle, percentile
from bench.suite import Question
from bench.world import Size, happenings
from bench.world.sizes import AS_OF
from profiles.changes import OVERLAY_ROWS, mark_profiles
from profiles.lake import delta
from profiles.lake.files import folder, literal, quoted
from profiles.lake.layout import load_layouts, month_of
from profiles.lake.snapshot import TableScan, open_snapshot
from profiles.models import ChangedProfile, EventType, LakeTable, TailEvent
from segments.registry import load_catalogue
from segments.rules.parse import parse
from segments.rules.sql import MembersQuery, compile_members

QUIET, FULL = 1.3, 2.0
AGAINST = "the same SQL on a bare DuckDB connection over the same files"


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of one definition, ours and bare."""

    ours: float
    bare: float


def run(size: Size) -> Iterator[Line]:
    """Median and 95th percentile over D50, with nothing outside the lake and with as much as there may be."""
    yield from _lines(size, "P2 preview", QUIET, _all_times())
    fill_overlay(size)
    try:
        yield from _lines(size, "P2 preview, full overlay", FULL, _all_times())
    finally:
        empty_overlay()


def preview(question: Question) -> int:
    """What a page asks for while somebody builds a rule: read, compile, open a snapshot, count."""
    catalogue = load_catalogue()
    query = compile_members(parse(question.document, catalogue), catalogue, AS_OF)
    with open_snapshot(_tables(query), AS_OF) as snapshot:
        return _count(snapshot.connection, query.sql)


def fill_overlay(size: Size) -> None:
    """As many changed profiles and events outside the lake as are allowed: copies of what is in it."""
    step = max(size.profiles // OVERLAY_ROWS, 1)
    with transaction.atomic():
        mark_profiles(list(range(1, size.profiles + 1, step))[:OVERLAY_ROWS])
        types = {event.name: event for event in EventType.objects.all()}
        rows: list[TailEvent] = []
        for name, table in happenings.events(size, 1, size.profiles // 50):
            rows.extend(_tail(types[name], row) for row in table.to_pylist())
        TailEvent.objects.bulk_create(rows[:: max(len(rows) // OVERLAY_ROWS, 1)][:OVERLAY_ROWS], batch_size=2_000)


def empty_overlay() -> None:
    """Take all of it away again; the lake has never seen it."""
    TailEvent.objects.all().delete()
    ChangedProfile.objects.all().delete()


def _tail(event: EventType, row: dict[str, Any]) -> TailEvent:
    fixed = {"user_id", "company_id", "timestamp", "message_id"}
    return TailEvent(
        event_type=event,
        profile_id=int(row["user_id"][1:]),
        timestamp=row["timestamp"],
        message_id=row["message_id"],
        properties={key: value for key, value in row.items() if key not in fixed and value is not None},
    )


def _all_times() -> list[Times]:
    return [_times(question) for question in suite.load()]


def _times(question: Question) -> Times:
    """In turn, after one round that warms both sides."""
    catalogue = load_catalogue()
    query = compile_members(parse(question.document, catalogue), catalogue, AS_OF)
    with duckdb.connect(config={"threads": str(settings.ENGINE_THREADS)}) as bare:
        _bare_views(bare, query)
        sides: tuple[Callable[[], object], ...] = (lambda: preview(question), lambda: _count(bare, query.sql))
        spent: tuple[list[float], list[float]] = ([], [])
        for _ in range(ROUNDS + 1):
            for side, times in zip(sides, spent, strict=True):
                began = perf_counter()
                side()
                times.append((perf_counter() - began) * 1000)
    return Times(middle(spent[0][1:]), middle(spent[1][1:]))


def _tables(query: MembersQuery) -> dict[str, TableScan]:
    return {name: TableScan(table.columns, table.start, table.end) for name, table in query.scan.tables.items()}


def _count(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM ({sql})").fetchone()
    return int(row[0]) if row else 0


def _bare_views(connection: duckdb.DuckDBPyConnection, query: MembersQuery) -> None:
    """The files that a snapshot would read, as anybody would read them."""
    layouts = load_layouts()
    versions = dict(LakeTable.objects.values_list("name", "version"))
    for name, scan in query.scan.tables.items():
        monthly = layouts[name].partition == "month"
        paths = [
            str(folder(name) / path)
            for path, partition in delta.files(name, versions[name]).items()
            if not monthly
            or (
                (scan.start is None or partition >= month_of(scan.start))
                and (scan.end is None or partition <= month_of(scan.end - timedelta(microseconds=1)))
            )
        ]
        files = ", ".join(literal(path) for path in paths)
        connection.execute(
            f"CREATE VIEW {quoted(name)} AS SELECT * FROM read_parquet([{files}], hive_partitioning = false)"
        )


def _lines(size: Size, name: str, target: float, times: list[Times]) -> Iterator[Line]:
    ours, bare = [each.ours for each in times], [each.bare for each in times]
    for what, figure in (("median", middle), ("95th percentile", lambda values: percentile(values, 0.95))):
        yield Line(
            name=f"{name}: {what} over D50",
            size=size.name,
            unit="ms",
            ours=figure(ours),
            rival=figure(bare),
            target=target,
            against=AGAINST,
            extra={"overlay": [ChangedProfile.objects.count(), TailEvent.objects.count()]},
        )
