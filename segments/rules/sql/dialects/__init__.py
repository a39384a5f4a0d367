"""The dialects of SQL, one module each; `DIALECTS` is the table of primitives by dialect."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from segments.rules.sql.dialects.base import Primitives
from segments.rules.sql.dialects.duckdb import DuckDB
from segments.rules.sql.dialects.postgres import Postgres

DIALECTS: Final[Mapping[str, Primitives]] = MappingProxyType(
    {primitives.name: primitives for primitives in (DuckDB(), Postgres())}
)
