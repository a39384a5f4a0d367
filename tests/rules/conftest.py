"""The engines that generated SQL is run on: DuckDB and PostgreSQL always, ClickHouse and Spark where they are there."""

import shutil
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection

from tests.rules.oracle.engines import ClickHouseEngine, DuckEngine, PostgresEngine, SparkEngine

SPARK = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",  # compiling Java for each query would take most of the time
    "spark.sql.session.timeZone": "America/New_York",
}


@pytest.fixture(scope="module")
def duck() -> DuckEngine:
    return DuckEngine()


@pytest.fixture
def postgres(db: None) -> Iterator[PostgresEngine]:
    database = connection.settings_dict
    with psycopg.connect(
        dbname=database["NAME"], user=database["USER"], password=database["PASSWORD"], host=database["HOST"]
    ) as opened:
        yield PostgresEngine(opened)
        opened.rollback()


@pytest.fixture(scope="session")
def clickhouse() -> ClickHouseEngine:
    sessions = pytest.importorskip("chdb.session", reason="needs the extra `clickhouse`")
    return ClickHouseEngine(sessions.Session())


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkEngine]:
    sql = pytest.importorskip("pyspark.sql", reason="needs the extra `spark`")
    if shutil.which("java") is None:
        pytest.skip("needs Java 17: there is no `java` on the path")
    builder = sql.SparkSession.builder.master("local[2]")
    for name, value in SPARK.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield SparkEngine(session)
    session.stop()
