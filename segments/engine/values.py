"""The values that people have of a text trait: those that many have, to choose from, and how many have certain ones."""

from collections.abc import Collection, Mapping

from profiles.lake.snapshot import TableScan, open_snapshot
from segments.engine import queries
from segments.rules.catalogue import Field, Unit

TABLES = {Unit.PROFILE: "users", Unit.COMPANY: "accounts"}
MOST = 8
FEWEST_HOLDERS = 3
"""A value that fewer have could point to a person."""
SECONDS = 1.0
COMMON = 200
"""How many of the commonest values a misspelt one is compared with."""


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


def holders(unit: Unit, fields: Mapping[str, Field], values: Collection[str]) -> dict[str, dict[str, int]]:
    """For each of these traits, by key, how many have each value that is one of `values` or differs from one only by
    capitals or by spaces around it; and the same of those that many have. Raises `EngineError`."""
    table = TABLES[unit]
    columns = frozenset(field.column for field in fields.values())
    folded = sorted({value.strip().lower() for value in values})
    found: dict[str, dict[str, int]] = {}
    with open_snapshot({table: TableScan(columns)}) as snapshot:
        for key, field in fields.items():
            column = f'"{field.column}"'
            query = (
                f"SELECT {column} AS value, COUNT(*) AS holders, "  # noqa: S608  the catalogue's own identifier
                f"LOWER(TRIM({column})) IN (SELECT UNNEST($folded)) AS near FROM {table} WHERE {column} IS NOT NULL "
                f"GROUP BY {column} QUALIFY near OR (holders >= {FEWEST_HOLDERS} AND "
                f"ROW_NUMBER() OVER (ORDER BY holders DESC) <= {COMMON})"
            )
            rows = queries.rows(snapshot.connection, query, {"folded": folded}).to_pylist()
            found[key] = {row["value"]: row["holders"] for row in rows}
    return found
