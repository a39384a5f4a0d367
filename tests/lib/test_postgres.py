"""Kept connections that are looked at without a question, and statements that the server plans once."""

from collections.abc import Iterator

import pytest
from django.db import DataError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Team
from lib.postgres.base import DatabaseWrapper
from lib.prepared import Prepared, Statement

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept() -> Iterator[DatabaseWrapper]:
    """Another connection to the same database, outside the test's transaction."""
    another = connections.create_connection("default")
    assert isinstance(another, DatabaseWrapper)
    another.ensure_connection()
    yield another
    another.close()


def begin_request(of: DatabaseWrapper) -> None:
    """As Django does with every connection that is kept from an earlier request."""
    of.health_check_enabled = True  # type: ignore[attr-defined]  # the stubs lack both
    of.health_check_done = False  # type: ignore[attr-defined]


def end(of: DatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [of.connection.info.backend_pid])


def test_a_connection_that_is_fine_is_not_asked(kept: DatabaseWrapper) -> None:
    before = kept.connection
    begin_request(kept)
    with CaptureQueriesContext(kept) as queries:
        kept.cursor().close()
    assert (len(queries), kept.connection is before) == (0, True)


def test_a_connection_that_the_server_has_ended_is_replaced(kept: DatabaseWrapper) -> None:
    before = kept.connection
    end(kept)
    assert not kept.is_usable()
    begin_request(kept)
    with kept.cursor() as cursor:
        cursor.execute("SELECT 42")
        assert cursor.fetchone() == (42,)
    assert kept.connection is not before


def test_a_closed_connection_is_not_usable(kept: DatabaseWrapper) -> None:
    kept.close()
    assert not kept.is_usable()


def test_a_statement_is_prepared_once_for_each_connection() -> None:
    statement = Statement("SELECT %s::int + 1 AS prepared_once")
    assert [statement.first(number) for number in (1, 2, 3)] == [(2,), (3,), (4,)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT generic_plans + custom_plans FROM pg_prepared_statements WHERE statement ~ 'd_once$'")
        assert cursor.fetchall() == [(3,)]


def test_a_replaced_connection_prepares_again(kept: DatabaseWrapper) -> None:
    def ask() -> object:
        with kept.prepared_cursor() as cursor:
            cursor.execute("SELECT %s::text", ["x"])
            return cursor.fetchone()

    assert ask() == ("x",)
    end(kept)
    begin_request(kept)
    assert ask() == ("x",)


def test_mistakes_are_the_database_errors_of_django_and_queries_are_counted() -> None:
    with pytest.raises(DataError), transaction.atomic():
        Statement("SELECT 1 / %s::int").all(0)
    with CaptureQueriesContext(connection) as queries:
        assert Statement("SELECT 6 / %s::int").all(2) == [(3,)]
    assert len(queries) == 1


def test_a_queryset_is_written_once_and_takes_any_text() -> None:
    keys = ["plain", "50 %", "50 %s", "it's", "'; DROP TABLE accounts_team; --"]
    Team.objects.bulk_create(Team(key=f"t{place}", name=name) for place, name in enumerate(keys))
    built: list[str] = []

    def build(name: str) -> object:
        built.append(name)
        return Team.objects.filter(name=name).exclude(name="100 %'").order_by().values_list("key", "name")

    teams = Prepared(build)  # type: ignore[arg-type]
    assert [teams.first(name) for name in keys] == [(f"t{place}", name) for place, name in enumerate(keys)]
    assert teams.first("another") is None
    assert len(built) == 1
