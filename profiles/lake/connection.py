"""The one factory of DuckDB connections (DESIGN section 4)."""

import duckdb
from django.conf import settings


def connect() -> duckdb.DuckDBPyConnection:
    """A DuckDB of its own, in memory, within the limits of this process. Open it after forking, and close it.

    Nothing is downloaded, nothing is printed, and instants are read and shown in UTC.
    """
    settings.ENGINE_TEMPORARY.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "memory_limit": f"{settings.ENGINE_MEMORY_MB}MB",
            "threads": str(settings.ENGINE_THREADS),
            "temp_directory": str(settings.ENGINE_TEMPORARY),
            "preserve_insertion_order": "false",
        }
    )
    connection.execute("SET enable_progress_bar = false")  # it would write to stdout
    connection.execute("SET TimeZone = 'UTC'")
    return connection
