"""The one factory of DuckDB connections (DESIGN section 4)."""

import os
import threading

import duckdb
from django.conf import settings

_databases: dict[tuple[int, str], duckdb.DuckDBPyConnection] = {}
_opening = threading.Lock()


def connect() -> duckdb.DuckDBPyConnection:
    """A connection to this process's DuckDB, in memory, within the limits of this process; close it after use.

    Connections share threads, memory limit and what is remembered of Parquet files, but see nothing of each other as
    long as they make temporary views and tables only. Nothing is downloaded, nothing is printed, and instants are
    read and shown in UTC.
    """
    with _opening:
        connection = _database().cursor()
    connection.execute("SET enable_progress_bar = false")  # which would be written to stdout
    return connection


def _database() -> duckdb.DuckDBPyConnection:
    key = (os.getpid(), str(settings.ENGINE_TEMPORARY))  # a forked child can't use its parent's
    if key not in _databases:
        settings.ENGINE_TEMPORARY.mkdir(parents=True, exist_ok=True)
        _databases[key] = duckdb.connect(
            config={
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "memory_limit": f"{settings.ENGINE_MEMORY_MB}MB",
                "threads": str(settings.ENGINE_THREADS),
                "temp_directory": str(settings.ENGINE_TEMPORARY),
                "preserve_insertion_order": "false",
            }
        )
        _databases[key].execute("SET GLOBAL parquet_metadata_cache = true; SET GLOBAL TimeZone = 'UTC'")
    return _databases[key]
