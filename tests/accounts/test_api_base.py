"""What every part of the API does alike: refusals, rates, keys, pages, bodies."""

import json
from threading import Event, Thread
from typing import Any, ClassVar
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import path
from pytest_django import Settings
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import RegistryView, UnknownPath
from accounts.api.idempotency import forget_old
from accounts.models import IdempotentRequest, Team, User
from accounts.policy import Action
from lib.rest.documents import DEEPEST
from tests.accounts.cast import bearer, make_administrator, make_person, make_team

pytestmark = pytest.mark.django_db

TEAMS = "/api/v1/teams"


@pytest.fixture
def administrator() -> User:
    return make_administrator()


def post(client: Client, body: object, key: str | None = None, address: str = TEAMS) -> Any:
    sent = body if isinstance(body, str | bytes) else json.dumps(body)
    headers = {} if key is None else {"Idempotency-Key": key}
    return client.post(address, sent, content_type="application/json", headers=headers)


def test_a_method_without_its_action_is_a_mistake_of_the_class() -> None:
    with pytest.raises(TypeError, match="says nothing about PATCH, DELETE"):

        class Incomplete(RegistryView):
            actions: ClassVar = {"GET": Action.READ}

            def get(self, _request: Request) -> Response:
                raise NotImplementedError

            patch = delete = get


def test_nobody_is_asked_to_sign_in_and_unknown_addresses_are_problems(administrator: User) -> None:
    anonymous = Client().get(TEAMS)
    assert (anonymous.status_code, anonymous.json()["type"]) == (401, "not_authenticated")
    assert anonymous["WWW-Authenticate"] == "Bearer"
    assert Client().get("/api/v1/nothing").status_code == 401
    client = bearer(administrator)
    for method in (client.get, client.post, client.delete):
        answer = method("/api/v1/nothing/there")
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert client.options(TEAMS).status_code == 405
    assert client.head(TEAMS).status_code == 200


def test_a_scope_that_is_lacking_is_named(administrator: User) -> None:
    answer = post(bearer(administrator, "read", "write"), {"key": "new", "name": "New"})
    assert (answer.status_code, answer.json()["detail"]) == (403, "This token lacks the scope admin.")
    assert not Team.objects.exists()


def test_the_same_key_is_answered_again_and_done_once(administrator: User) -> None:
    client = bearer(administrator)
    body = {"key": "new", "name": "New"}
    first, again = post(client, body, "k1"), post(client, body, "k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert first["Location"] == again["Location"] == "/api/v1/teams/new"
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert Team.objects.count() == 1


def test_the_same_key_for_another_request_is_refused(administrator: User) -> None:
    client = bearer(administrator)
    post(client, {"key": "new", "name": "New"}, "k1")
    answer = post(client, {"key": "other", "name": "New"}, "k1")
    assert (answer.status_code, answer.json()["type"]) == (422, "idempotency_key_reused")
    assert not Team.objects.filter(key="other").exists()


def test_a_refused_request_may_be_mended_and_sent_with_its_key(administrator: User) -> None:
    client = bearer(administrator)
    assert post(client, {"key": "new"}, "k1").status_code == 400
    assert post(client, {"key": "new", "name": "New"}, "k1").status_code == 201


def test_keys_of_different_people_do_not_meet(administrator: User) -> None:
    second = make_administrator("second")
    assert post(bearer(administrator), {"key": "one", "name": "One"}, "k1").status_code == 201
    assert post(bearer(second), {"key": "two", "name": "Two"}, "k1").status_code == 201


@pytest.mark.parametrize("key", ["", " ", "a b", "ä", "x" * 256])
def test_what_is_no_key_is_refused(administrator: User, key: str) -> None:
    answer = post(bearer(administrator), {"key": "new", "name": "New"}, key)
    assert (answer.status_code, answer.json()["type"]) == (400, "bad_idempotency_key")
    assert not Team.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_key_whose_first_request_is_under_way_is_409() -> None:
    administrator, held, done = make_administrator(), Event(), Event()
    client = bearer(administrator)

    def hold() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"idempotency:{administrator.pk}:k1"])
            held.set()
            done.wait(30)
            cursor.execute("SELECT pg_advisory_unlock_all()")
        connection.close()

    other = Thread(target=hold)
    other.start()
    try:
        assert held.wait(30)
        answer = post(client, {"key": "new", "name": "New"}, "k1")
    finally:
        done.set()
        other.join()
    assert (answer.status_code, answer.json()["type"]) == (409, "in_progress")
    assert not Team.objects.exists()
    assert post(client, {"key": "new", "name": "New"}, "k1").status_code == 201


def test_answers_are_forgotten_after_a_day(administrator: User) -> None:
    for key in ("old", "new"):
        post(bearer(administrator), {"key": key, "name": key}, key)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_idempotentrequest SET answered_at = now() - interval '25 hours' WHERE key = 'old'"
        )
    assert forget_old() == 1
    assert IdempotentRequest.objects.get().key == "new"


@pytest.fixture
def rates(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Low ones, counted afresh, within one minute that never ends."""
    monkeypatch.setattr("accounts.api.throttles.time", lambda: 6_000_030.0)
    settings.CACHES = {"default": {**settings.CACHES["default"], "KEY_PREFIX": uuid4().hex}}
    settings.API_RATES = {"usual": 3, "heavy": 2, "unknown": 2}
    return {**settings.API_RATES}


def statuses(client: Client, number: int) -> list[int]:
    return [client.get("/api/v1/me").status_code for _ in range(number)]


def test_too_many_requests_are_told_when_to_come_again(
    administrator: User, rates: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, other = bearer(administrator), bearer(administrator)
    assert statuses(client, 5) == [200, 200, 200, 429, 429]
    answer = client.get("/api/v1/me")
    assert (answer["Retry-After"], answer.json()["type"]) == ("31", "throttled")
    assert statuses(other, 1) == [200]
    monkeypatch.setattr("accounts.api.throttles.time", lambda: 6_000_061.0)
    assert statuses(client, 1) == [200]


def test_requests_without_a_valid_token_are_counted_by_address(administrator: User, rates: dict[str, int]) -> None:
    bad = Client(headers={"Authorization": "Bearer reg_abcdefgh_nothing"})
    assert statuses(bad, 4) == [401, 401, 429, 429]
    assert statuses(Client(REMOTE_ADDR="192.0.2.9"), 1) == [401]
    assert statuses(bearer(administrator), 1) == [200]


def test_a_dead_redis_holds_nobody_up_and_the_log_says_so(
    administrator: User, rates: dict[str, int], settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    assert statuses(bearer(administrator), 5) == [200] * 5
    assert "Requests are not counted: Redis does not answer" in caplog.text


def test_pages_follow_each_other_by_cursors(administrator: User) -> None:
    for number in range(7):
        make_team(f"team-{number}")
    client, keys, address = bearer(administrator, "read"), [], f"{TEAMS}?limit=3"
    while address:
        page = client.get(address).json()
        keys.append([team["key"] for team in page["results"]])
        address = page["next"]
    assert keys == [[f"team-{n}" for n in numbers] for numbers in ((0, 1, 2), (3, 4, 5), (6,))]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=1001", "limit=x", "limit=", "limit=٣", "cursor=x", "cursor=cD0xJm89LTE%3D"]
)
def test_a_wrong_limit_or_cursor_is_400(administrator: User, query: str) -> None:
    answer = bearer(administrator).get(f"{TEAMS}?{query}")
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, query.split("=")[0])


def test_a_cursor_is_for_its_own_list_only(administrator: User) -> None:
    for number in range(3):
        make_team(f"team-{number}")
    client = bearer(administrator)
    following = client.get(f"{TEAMS}?limit=1").json()["next"]
    assert client.get(following.replace("teams", "audit")).status_code == 400


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ("{", []),
        (b"\xff{}", []),
        ('{"key": "a", "key": "b", "name": {"x": 1, "x": 2}}', ["key", "name.x"]),
        ('{"key": NaN}', []),
        ('{"key": 1e999}', []),
        ('{"key": ' + "9" * 500 + "}", []),
        ('{"key": "a\\u0000b", "name": ["\\ud800"]}', ["key", "name[0]"]),
        ('{"\\ud800": 1}', [""]),
        ('{"key": [{"a\\u0000": 1}]}', ["key[0]"]),
        ("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), []),
        ("[" * 100_000, []),
        ('{"key": ' * 50_000, []),
    ],
)
def test_what_is_no_plain_json_is_400_with_its_places(administrator: User, body: str | bytes, paths: list[str]) -> None:
    answer = post(bearer(administrator), body)
    assert (answer.status_code, answer.json()["type"]) == (400, "parse_error")
    assert sorted(error["path"] for error in answer.json()["errors"]) == paths


def test_a_body_that_is_too_long_is_413(administrator: User) -> None:
    assert post(bearer(administrator), '{"key": "' + "x" * 1_100_000 + '"}').status_code == 413


def test_an_emoji_written_as_two_escapes_is_text(administrator: User) -> None:
    assert post(bearer(administrator), '{"key": "new", "name": "\\ud83d\\ude00"}').json()["name"] == "😀"


class Broken(RegistryView):
    """A fault of ours, after a write."""

    actions: ClassVar = {"POST": Action.READ}

    def post(self, _request: Request) -> Response:
        make_team("half-done")
        raise RuntimeError("broken")


handler500 = "pages.errors.server_error"
urlpatterns = [path("api/broken", Broken.as_view()), path("api/<path:unknown>", UnknownPath.as_view())]


@pytest.mark.django_db(transaction=True)
@pytest.mark.urls("tests.accounts.test_api_base")
def test_a_request_that_fails_half_way_with_a_key_has_done_nothing() -> None:
    client = bearer(make_administrator())
    client.raise_request_exception = False
    for _ in range(2):
        assert post(client, {}, "k1", "/api/broken").status_code == 500
    assert not Team.objects.exists()
    assert not IdempotentRequest.objects.exists()


def test_me_without_teams(administrator: User) -> None:
    person = make_person("nobody")
    told = bearer(person, "read").get("/api/v1/me").json()
    assert (told["teams"], told["administrator"], told["sees_personal_data"]) == ([], False, False)
