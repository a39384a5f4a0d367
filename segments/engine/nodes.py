"""One query about every node of a definition, over one snapshot."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter

import duckdb
import pyarrow as pa
from deltalake.exceptions import DeltaError
from django.conf import settings

from profiles.lake.snapshot import TableScan, open_snapshot
from segments.engine import queries
from segments.engine.compiling import refused_in_words
from segments.engine.jobs import EngineError
from segments.rules.catalogue import Catalogue
from segments.rules.nodes import Definition
from segments.rules.sql import NodesQuery, Scan, compile_nodes


@dataclass(frozen=True, slots=True)
class Found:
    """What a query found, and how long it took, without opening the snapshot."""

    table: pa.Table
    milliseconds: float


def compiled(definition: Definition, catalogue: Catalogue, as_of: datetime, *, one_member: bool) -> NodesQuery:
    """The query for all nodes, references to segments written out. Raises `EngineError`."""
    with refused_in_words():
        return compile_nodes(definition, catalogue, as_of, default_timezone=settings.TIME_ZONE, one_member=one_member)


def read(
    scan: Scan, sql: str, as_of: datetime, parameters: Mapping[str, object] | None = None, *, seconds: float
) -> Found:
    """The rows of a query over the state of now; once more, with the pointers of then, where the lake moved (I1).

    Raises `EngineError`; a query that takes longer than `seconds` is stopped.
    """
    try:
        return _read(scan, sql, as_of, parameters, seconds)
    except EngineError as error:
        if error.code != queries.LAKE_UNREADABLE:
            raise
        return _read(scan, sql, as_of, parameters, seconds)


def _read(scan: Scan, sql: str, as_of: datetime, parameters: Mapping[str, object] | None, seconds: float) -> Found:
    tables = {name: TableScan(table.columns, table.start, table.end) for name, table in scan.tables.items()}
    try:
        with open_snapshot(tables, as_of) as snapshot:
            started = perf_counter()
            table = queries.rows(snapshot.connection, sql, parameters, seconds=seconds)
            return Found(table, (perf_counter() - started) * 1000)
    except (duckdb.Error, DeltaError) as error:
        raise queries.lake_unreadable(error) from error
