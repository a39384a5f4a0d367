"""The values that many have of a text trait: what somebody who writes a rule can choose from."""

from profiles.lake.snapshot import TableScan, open_snapshot
from segments.engine import queries
from segments.rules.catalogue import Field, Unit

TABLES = {Unit.PROFILE: "users", Unit.COMPANY: "accounts"}
MOST = 8
FEWEST_HOLDERS = 3
"""A value that fewer have could point to a person."""
SECONDS = 1.0


def common_values(unit: Unit, field: Field) -> list[str]:
    """Up to `MOST` values, the most common first. Raises `EngineError`; what takes longer than a second is stopped.

    The column is the catalogue's own identifier, which is what keeps text of others out of the query.
    """
    table, column = TABLES[unit], f'"{field.column}"'
    query = (
        f"SELECT {column} AS value FROM {table} WHERE {column} IS NOT NULL GROUP BY {column} "  # noqa: S608
        f"HAVING COUNT(*) >= {FEWEST_HOLDERS} ORDER BY COUNT(*) DESC, {column} LIMIT {MOST}"
    )
    with open_snapshot({table: TableScan(frozenset({field.column}))}) as snapshot:
        found: list[str] = queries.rows(snapshot.connection, query, seconds=SECONDS).column("value").to_pylist()
    return found
