"""What the API about definitions says to requests that it can't answer; and the schema."""

import json
from typing import Any

import pytest
from django.test import Client

from profiles.models import Profile
from segments.rules.schema import schema
from tests.segments import api, small_world
from tests.segments.api import EXPLAIN, PREVIEW, SCHEMA, post
from tests.segments.small_world import PAID, definition

pytestmark = pytest.mark.django_db

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


def test_explain_is_not_for_those_who_may_not_see_personal_data(people: dict[str, Profile], editor: Client) -> None:
    status, problem = post(editor, EXPLAIN, {"definition": definition(PAID), "profile": "ann"})
    assert status == 403
    assert problem == {
        "type": "permission_denied",
        "title": "Forbidden",
        "status": 403,
        "detail": "This shows personal data, which needs a permission of its own: ask an administrator.",
        "errors": [],
    }


def test_nobody_of_that_name_is_404(people: dict[str, Profile], administrator: Client) -> None:
    status, problem = post(administrator, EXPLAIN, {"definition": definition(PAID), "profile": "nobody"})
    assert (status, problem["type"]) == (404, "unknown_profile")
    assert "'nobody'" in problem["detail"]


@pytest.mark.parametrize(
    ("member", "path"),
    [
        ({}, ""),
        ({"profile": "ann", "company": "acme"}, ""),
        ({"company": "acme"}, "profile"),
        ({"profile": ""}, "profile"),
    ],
)
def test_explain_needs_one_member_of_the_right_unit(
    people: dict[str, Profile], administrator: Client, member: Json, path: str
) -> None:
    status, problem = post(administrator, EXPLAIN, {"definition": definition(PAID), **member})
    assert (status, problem["type"]) == (400, "invalid")
    assert [error["path"] for error in problem["errors"]] == [path]


def test_mistakes_of_a_definition_are_all_listed(people: dict[str, Profile], editor: Client) -> None:
    answer = editor.post(
        PREVIEW, json.dumps({"definition": definition({"trait": "plam", "op": "eq"})}), content_type="application/json"
    )
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["type"], problem["detail"]) == ("invalid_definition", "The definition has 2 mistakes.")
    assert [(error["path"], error["code"]) for error in problem["errors"]] == [
        ("rule.trait", "unknown_trait"),
        ("rule.value", "missing_key"),
    ]
    assert "'plan'" in problem["errors"][0]["message"]


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ({}, [("definition", "required")]),
        ({"definition": None}, [("definition", "null")]),
        ({"definition": {}, "as_of": "yesterday"}, [("as_of", "bad_instant")]),
        ({"definition": {}, "asof": "2026-01-01"}, [("", "unknown_key")]),
        ([], [("", "invalid")]),
    ],
)
def test_mistakes_around_a_definition_are_told(editor: Client, body: object, codes: list[tuple[str, str]]) -> None:
    status, problem = post(editor, PREVIEW, body)
    assert (status, problem["type"]) == (400, "invalid")
    assert [(error["path"], error["code"]) for error in problem["errors"]] == codes


@pytest.mark.parametrize(
    "body", [b"{", b"", b"\xff\xfe{}", b'{"definition": {"unit": "profile"', b"nope", b"[" * 100_000]
)
def test_what_is_no_json_is_400(editor: Client, body: bytes) -> None:
    status, problem = post(editor, PREVIEW, body)
    assert status == 400
    assert problem["type"] in ("parse_error", "invalid")


def test_keys_given_twice_are_400_with_their_paths(editor: Client) -> None:
    body = '{"definition": {"unit": "profile", "unit": "company", "rule": {"everyone": true}}, "as_of": 1, "as_of": 2}'
    status, problem = post(editor, PREVIEW, body)
    assert (status, problem["type"]) == (400, "parse_error")
    assert sorted(error["path"] for error in problem["errors"]) == ["as_of", "definition.unit"]


def test_what_is_too_large_is_not_read(editor: Client) -> None:
    status, problem = post(editor, PREVIEW, b'{"definition": "' + b"x" * 1_100_000 + b'"}')
    assert (status, problem["type"]) == (413, "too_large")


def test_another_kind_of_body_is_415(editor: Client) -> None:
    answer = editor.post(PREVIEW, {"definition": "x"})
    assert (answer.status_code, answer.json()["type"]) == (415, "unsupported_media_type")


def test_another_method_is_405(editor: Client) -> None:
    answer = editor.get(PREVIEW)
    assert (answer.status_code, answer.json()["type"]) == (405, "method_not_allowed")


@pytest.mark.parametrize("address", [PREVIEW, EXPLAIN, SCHEMA])
def test_one_who_is_not_signed_in_gets_a_problem_not_a_page(client: Client, address: str) -> None:
    answer = client.get(address) if address == SCHEMA else client.post(address, "{}", content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer.json()["type"] == "not_authenticated"


def test_the_schema_comes_once_and_then_304(editor: Client) -> None:
    first = editor.get(SCHEMA)
    assert (first.status_code, first["Cache-Control"]) == (200, "private, no-cache")
    assert first.json() == json.loads(json.dumps(schema()))
    again = editor.get(SCHEMA, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
