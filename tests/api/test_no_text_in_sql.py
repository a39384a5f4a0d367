"""What people send reaches PostgreSQL as parameters only, wherever in a request it stands (TARGETS S2)."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from sqlglot import TokenType, tokenize

from tests.api import world
from tests.api.world import Estate

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = "zqx9'; DROP TABLE segments_segment; --"
QUERIES = (
    "segments?q={}", "segments?team={}", "segments?owner={}", "segments?ordering={}", "segments?cursor={}",
    "activations?segment={}", "sync-runs?activation={}", "audit?actor={}", "audit?target={}", "audit?action={}",
    "profiles/{}", "profiles/{}/segments", "companies/{}", "segments/own-live/sql?dialect={}",
    "segments/own-live/members?cursor={}",
)  # fmt: skip


@pytest.fixture
def estate(db: None) -> Estate:
    cast = {role: world.make_person(role) for role in ("viewer", "editor", "approver", "admin")}
    return world.make_estate("own", cast, world.make_people())


@pytest.fixture
def program(estate: Estate) -> Client:
    return world.program_of(world.make_person("administrator", administrator=True))


@pytest.fixture
def spied() -> Iterator[list[str]]:
    """Every statement as Django sends it, without its parameters."""
    statements: list[str] = []

    def spy(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        statements.append(str(sql))
        return execute(sql, *rest)

    with connection.execute_wrapper(spy):
        yield statements


def test_text_in_addresses_is_a_parameter(program: Client, spied: list[str]) -> None:
    for query in QUERIES:
        answer = program.get("/api/v1/" + query.format(quote(TEXT)))
        assert answer.status_code in (200, 400, 404), query
    assert len(spied) >= 2 * len(QUERIES) - 3
    assert [sql for sql in spied if "zqx9" in sql] == []


def test_text_in_bodies_is_a_parameter(program: Client, estate: Estate, spied: list[str]) -> None:
    definition = {"unit": "profile", "rule": {"trait": "plan", "op": "in", "value": [TEXT, "Paid"]}}
    columns = [{"to": TEXT, "identifier": "external_id"}, {"to": "x", "trait": TEXT}]
    where = {"connection": estate.spare.pk}
    new = {"key": "fresh", "name": TEXT, "decision": TEXT, "team": "own"}
    bodies: dict[str, dict[str, Any]] = {
        "segments": new,
        "segments/own-live/versions": {"definition": definition, "note": TEXT},
        "segments/preview": {"definition": definition},
        "segments/explain": {"definition": definition, "profile": TEXT},
        "memberships/check": {"ids": [TEXT, "member-1"], "segments": ["own-live"]},
        "connections": {"team": "own", "kind": "files", "name": TEXT, "config": {"folder": TEXT.replace("/", "")}},
        "activations": {"key": "a", "name": TEXT, "segment": "own-live", "columns": columns} | where,
        "teams": {"key": "t", "name": TEXT},
        "tokens": {"name": TEXT, "scopes": ["read"], "days": 1},
    }  # fmt: skip
    for path, body in bodies.items():
        answer = program.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json")
        assert answer.status_code in (200, 201, 400, 404), (path, answer.content)
    assert [sql for sql in spied if "zqx9" in sql] == []


def test_sql_to_read_holds_text_as_literals_only(program: Client, estate: Estate) -> None:
    definition = {"unit": "profile", "rule": {"trait": "plan", "op": "eq", "value": TEXT}}
    body = json.dumps({"definition": definition})
    made = program.post("/api/v1/segments/own-live/versions", body, content_type="application/json").json()
    found = program.get(f"/api/v1/segments/own-live/sql?dialect=postgres&version={made['number']}").json()["sql"]
    assert "zqx9''; DROP" in found
    kinds = {token.token_type for token in tokenize(found, read="postgres") if "zqx9" in token.text}
    assert kinds == {TokenType.STRING}
