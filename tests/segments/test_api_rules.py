"""The API about definitions: preview and explain, and what hostile requests get."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from django.db import connection
from django.test import Client
from sqlglot import TokenType, tokenize

from profiles.models import Profile
from segments.engine import queries
from tests.rules.hostile import broken_text, golden_documents
from tests.segments import api, small_world
from tests.segments.api import EXPLAIN, PREVIEW, post
from tests.segments.small_world import AS_OF_TEXT, OFTEN, PAID, definition

pytestmark = pytest.mark.django_db(transaction=True)

Json = dict[str, Any]


@pytest.fixture
def people() -> dict[str, Profile]:
    return small_world.build()


@pytest.fixture
def administrator() -> Client:
    return api.administrator()


@pytest.fixture
def editor() -> Client:
    return api.editor()


def test_a_preview_has_the_counts_at_every_node(people: dict[str, Profile], editor: Client) -> None:
    status, answer = post(editor, PREVIEW, {"definition": definition({"any": [PAID, OFTEN]}), "as_of": AS_OF_TEXT})
    assert status == 200
    assert answer.pop("milliseconds") > 0
    assert len(answer.pop("sha256")) == 64
    assert answer == {
        "unit": "profile",
        "count": 3,
        "population": 4,
        "share": 0.75,
        "fewest_told": 0,
        "nodes": {"rule": 3, "rule.any[0]": 2, "rule.any[1]": 1},
        "words": "People whose Plan is Paid or with “logged_in” at least 5 times in the last 30 days.",
        "as_of": AS_OF_TEXT,
        "sample": None,
        "sample_note": "Members are named only to those who may see personal data: ask an administrator.",
    }


def test_administrators_see_a_sample_by_external_id(people: dict[str, Profile], administrator: Client) -> None:
    _, answer = post(administrator, PREVIEW, {"definition": definition({"everyone": True})})
    assert answer["sample"] == ["ann", "bob", "cat", "dan@example.com"]
    assert "sample_note" not in answer


def test_explain_is_the_tree_of_one_profile(people: dict[str, Profile], administrator: Client) -> None:
    body = {"definition": definition(OFTEN), "profile": "ann", "as_of": AS_OF_TEXT}
    status, answer = post(administrator, EXPLAIN, body)
    assert status == 200
    assert (answer["profile"], answer["member"], answer["note"]) == ("ann", False, "with today's traits")
    assert answer["tree"]["words"] == "“logged_in” 3 times in the last 30 days, needs at least 5 times"


def test_explain_takes_a_company_where_companies_are_counted(people: dict[str, Profile], administrator: Client) -> None:
    body = {"definition": definition({"people": PAID}, "company"), "company": "acme"}
    _, answer = post(administrator, EXPLAIN, body)
    assert (answer["company"], answer["member"]) == ("acme", True)


def test_a_session_needs_the_csrf_token(people: dict[str, Profile], editor: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = editor.cookies
    body = json.dumps({"definition": definition(PAID)})
    refused = strict.post(PREVIEW, body, content_type="application/json")
    assert (refused.status_code, refused.json()["type"]) == (403, "permission_denied")
    strict.cookies["csrftoken"] = "a" * 32
    passed = strict.post(PREVIEW, body, content_type="application/json", headers={"X-CSRFToken": "a" * 32})
    assert passed.status_code == 200


def test_hostile_bodies_get_an_answer_and_never_a_5xx(people: dict[str, Profile], administrator: Client) -> None:
    documents, random = golden_documents(), Random(7)
    found = set()
    for number in range(120):
        text = broken_text(random.choice(documents), random)
        address, member = (PREVIEW, "") if number % 2 else (EXPLAIN, ', "profile": "ann"')
        found.add(post(administrator, address, f'{{"definition": {text}{member}}}')[0])
    assert found <= {200, 400, 422}
    assert 422 in found


AS_OFS: tuple[Any, ...] = ("1900-01-01", "2299-12-31T23:59:59.999999Z", "\ud800", "\0", 1e999, [], {"ago": "1 day"})
NAMES: tuple[Any, ...] = ("ann", "\0", "\ud800", "x" * 100_000, 1, ["ann"])


def test_hostile_words_around_a_definition_are_refused(people: dict[str, Profile], administrator: Client) -> None:
    rule = {"event": "logged_in", "window": {"last": "100 years"}}
    bodies = [{"definition": definition(rule), "profile": name, "as_of": as_of} for as_of in AS_OFS for name in NAMES]
    assert {post(administrator, EXPLAIN, body)[0] for body in bodies} == {200, 400, 404}


HOSTILE = "Xq7'); DROP TABLE users; -- \" \\ /* $member"


@contextmanager
def spying(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """All SQL that is executed, on DuckDB and on Postgres, without bound values."""
    seen: list[str] = []
    real = queries.rows

    def rows(duck: duckdb.DuckDBPyConnection, sql: str, *given: Any, **named: Any) -> pa.Table:
        seen.append(sql)
        return real(duck, sql, *given, **named)

    def note(execute: Callable[..., Any], sql: str, *given: Any) -> Any:
        assert "Xq7" not in sql
        return execute(sql, *given)

    monkeypatch.setattr(queries, "rows", rows)
    with connection.execute_wrapper(note):
        yield seen


def test_user_text_reaches_sql_as_literals_only(
    people: dict[str, Profile], administrator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = [{"property": "device", "op": "ends_with", "value": HOSTILE, "ignore_case": True}]
    rules = [
        {"trait": "plan", "op": "contains", "value": HOSTILE},
        {"trait": "plan", "op": "in", "value": [HOSTILE, "Paid"]},
        {"trait": "interests", "op": "has_any", "value": [HOSTILE]},
        {"event": "logged_in", "where": where},
    ]
    asked = {"definition": definition({"any": rules})}
    with spying(monkeypatch) as seen:
        assert post(administrator, PREVIEW, asked)[0] == 200
        assert post(administrator, EXPLAIN, asked | {"profile": "ann"})[0] == 200
        assert post(administrator, EXPLAIN, asked | {"profile": HOSTILE})[0] == 404
    assert len(seen) == 2
    for sql in seen:
        tokens = [token for token in tokenize(sql, dialect="duckdb") if "xq7" in token.text.lower()]
        assert len(tokens) >= 4
        assert {token.token_type for token in tokens} == {TokenType.STRING}
        assert "--" not in [token.text for token in tokenize(sql, dialect="duckdb")]
