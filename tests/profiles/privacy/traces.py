"""Everything that the installation has written, searched for a text: PostgreSQL, the lake's files, the logs."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

from profiles.lake.connection import connect
from profiles.lake.files import literal

EVERY_TABLE = """
    SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1
"""
STATISTICS = "pg_stats"
"""What PostgreSQL remembers of the values of columns."""


def in_database(text: str) -> list[str]:
    """Table and row of every row that holds the text anywhere, in any case."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(EVERY_TABLE)
        for table in (*(name for (name,) in cursor.fetchall()), STATISTICS):
            cursor.execute(f"SELECT t::text FROM {table} t WHERE t::text ILIKE %s", [f"%{text}%"])
            found += [f"{table}: {row}" for (row,) in cursor.fetchall()]
    return found


def in_files(text: str, *folders: Path) -> list[str]:
    """Every file that holds the text: in its name, its bytes, or what a Parquet file says once it is unpacked."""
    found = []
    for folder in folders:
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            if text in str(path) or text.encode() in path.read_bytes() or any(text in cell for cell in _cells(path)):
                found.append(str(path))
    return found


def lake() -> Path:
    return Path(settings.LAKE_URL)


def _cells(path: Path) -> Iterator[str]:
    if path.suffix != ".parquet":
        return
    with connect() as duck:
        for row in duck.execute(f"SELECT COLUMNS(*)::VARCHAR FROM read_parquet({literal(str(path))})").fetchall():
            yield repr(row)
