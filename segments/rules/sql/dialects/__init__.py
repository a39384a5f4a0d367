"""The dialects of SQL, one module each; `DIALECTS` is the table of primitives by dialect."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from segments.rules.sql.dialects.base import Primitives
from segments.rules.sql.dialects.bigquery import BigQuery
from segments.rules.sql.dialects.clickhouse import ClickHouse
from segments.rules.sql.dialects.duckdb import DuckDB
from segments.rules.sql.dialects.postgres import Postgres
from segments.rules.sql.dialects.redshift import Redshift
from segments.rules.sql.dialects.snowflake import Snowflake
from segments.rules.sql.dialects.spark import Databricks, Spark
from segments.rules.sql.dialects.trino import Trino

DIALECTS: Final[Mapping[str, Primitives]] = MappingProxyType(
    {
        "duckdb": DuckDB(),
        "postgres": Postgres(),
        "spark": Spark(),
        "snowflake": Snowflake(),
        "bigquery": BigQuery(),
        "clickhouse": ClickHouse(),
        "trino": Trino(),
        "redshift": Redshift(),
        "databricks": Databricks(),
    }
)

PROVEN: Final = ("duckdb", "postgres", "spark", "clickhouse")
"""The dialects whose SQL the tests run on the real engine; the others are written, not run."""
