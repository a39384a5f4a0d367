"""Segments by API: contract, versions, runs and members, as programs use them."""

import json
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from pyroaring import BitMap64

from accounts.models import AuditEntry
from lib import clock
from profiles.models import Identity, Profile
from segments import membership
from segments.models import MembershipBlock, Run, Segment
from tests.api import world
from tests.api.world import MEMBER, Estate
from tests.segments import data

pytestmark = pytest.mark.django_db(transaction=True)

LIVE = "/api/v1/segments/own-live"


@pytest.fixture
def estate(db: None) -> Estate:
    cast = {role: world.make_person(role) for role in ("viewer", "editor", "approver", "admin")}
    return world.make_estate("own", cast, world.make_people())


@pytest.fixture
def editor(estate: Estate) -> Client:
    user = estate.people["editor"]
    user.sees_personal_data = True
    user.save()
    return world.program_of(user)


def send(client: Client, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
    sent = "" if body is None else json.dumps(body)
    answer = client.generic(method, path, sent, content_type="application/json", headers=headers)
    return answer.status_code, json.loads(answer.content) if answer.content else None


def test_a_change_needs_the_tag_of_what_was_read(editor: Client, estate: Estate) -> None:
    tag = editor.get(LIVE)["ETag"]
    assert send(editor, "PATCH", LIVE, {"name": "A"})[0] == 428
    status, changed = send(editor, "PATCH", LIVE, {"name": "A"}, **{"If-Match": tag})
    assert (status, changed["name"], changed["decision"]) == (200, "A", "public")
    status, problem = send(editor, "PATCH", LIVE, {"name": "B"}, **{"If-Match": tag})
    assert (status, problem["type"]) == (412, "changed_meanwhile")
    assert Segment.objects.get(key="own-live").name == "A"


def test_the_tag_stays_while_only_numbers_move_and_changes_with_a_version(editor: Client, estate: Estate) -> None:
    tag = editor.get(LIVE)["ETag"]
    Run.objects.filter(pk=estate.run.pk).update(members=5)
    again = editor.get(LIVE, headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    assert send(editor, "POST", f"{LIVE}/versions/2/publish")[0] == 200
    fresh = editor.get(LIVE, headers={"If-None-Match": tag})
    assert (fresh.status_code, fresh.json()["published"]["number"]) == (200, 2)
    assert fresh["ETag"] != tag


def test_304_costs_two_queries(editor: Client, estate: Estate, django_assert_num_queries: Any) -> None:
    tag = editor.get(LIVE)["ETag"]
    with django_assert_num_queries(2):  # who asks, and the tag
        editor.get(LIVE, headers={"If-None-Match": tag})


def test_what_the_contract_lacks_is_told_by_field(editor: Client, estate: Estate) -> None:
    body = {"key": "bare", "name": "Bare", "team": "own"}
    assert send(editor, "POST", "/api/v1/segments", body)[0] == 201
    definition = {"unit": "profile", "rule": world.RULE}
    send(editor, "POST", "/api/v1/segments/bare/versions", {"definition": definition})
    status, problem = send(editor, "POST", "/api/v1/segments/bare/versions/1/publish")
    assert (status, problem["type"]) == (400, "invalid")
    assert sorted(error["path"] for error in problem["errors"]) == ["decision", "owner", "review_on"]


def test_a_state_that_does_not_allow_it_is_a_conflict(editor: Client, estate: Estate) -> None:
    status, problem = send(editor, "POST", f"{LIVE}/resume")
    assert (status, problem["type"]) == (409, "conflict")
    status, problem = send(editor, "POST", "/api/v1/segments/own-paused/recompute")
    assert (status, problem["type"], "resume it" in problem["detail"]) == (409, "conflict", True)


def test_mistakes_of_a_definition_have_their_paths(editor: Client, estate: Estate) -> None:
    body = {"definition": {"unit": "profile", "rule": {"trait": "plam", "op": "eq", "value": 1}}}
    status, problem = send(editor, "POST", f"{LIVE}/versions", body)
    assert (status, problem["type"], problem["errors"][0]["path"]) == (422, "invalid_definition", "rule.trait")


def test_no_message_names_a_draft_of_another_team(editor: Client, estate: Estate) -> None:
    others = {role: world.make_person(f"other-{role}") for role in ("viewer", "editor", "approver", "admin")}
    world.make_estate("zebra", others, Profile.objects.get(identities__value=MEMBER))
    for key in ("zebra-draft", "zebra-draf"):
        body = {"definition": {"unit": "profile", "rule": {"segment": key}}}
        for path in ("/api/v1/segments/preview", f"{LIVE}/versions"):
            status, problem = send(editor, "POST", path, body)
            assert (status, problem["errors"][0]["code"]) == (422, "unknown_segment")
            assert "zebra-draft'?" not in problem["errors"][0]["message"]


def test_pages_of_members_are_of_one_run_whatever_happens_meanwhile(editor: Client, estate: Estate) -> None:
    people = [data.make_profile(f"p{number}", plan="Paid").pk for number in range(5)]
    _recount(estate.live, set(people))
    first = editor.get(f"{LIVE}/members?limit=2").json()
    _recount(estate.live, set(people[:1]))
    second = editor.get(first["next"]).json()
    third = editor.get(second["next"]).json()
    assert [page["run"] for page in (second, third)] == [first["run"]] * 2
    assert sorted(first["results"] + second["results"] + third["results"]) == [f"p{number}" for number in range(5)]
    assert (third["next"], third["total"]) == (None, 5)
    other = first["next"].replace("own-live", "own-paused")
    assert editor.get(other).json()["errors"][0]["path"] == "cursor"


def _recount(segment: Segment, members: set[int]) -> None:
    assert segment.published is not None
    with transaction.atomic():
        run = Run.objects.create(
            segment=segment, version=segment.published, trigger="manual", state="succeeded", members=len(members),
            as_of=clock.now(), finished_at=clock.now(),
        )  # fmt: skip
        membership.store(run, BitMap64(members))


def test_a_look_up_sees_the_last_commit_though_blocks_are_kept(editor: Client, estate: Estate) -> None:
    def is_member() -> object:
        body = {"ids": [MEMBER], "segments": ["own-live", "own-draft"]}
        return send(editor, "POST", "/api/v1/memberships/check", body)[1]["results"][MEMBER]

    assert is_member() == {"own-live": True, "own-draft": None}
    _recount(estate.live, set())
    assert is_member() == {"own-live": False, "own-draft": None}
    assert not MembershipBlock.objects.exists()
    [member] = Identity.objects.filter(value=MEMBER).values_list("profile_id", flat=True)
    _recount(estate.live, {member})
    assert is_member() == {"own-live": True, "own-draft": None}


def test_readings_of_members_are_on_record_by_number_and_never_by_name(editor: Client, estate: Estate) -> None:
    editor.get(f"{LIVE}/members")
    editor.get("/api/v1/profiles/member-1/segments")
    entries = AuditEntry.objects.filter(action__endswith=".read").order_by("pk")
    assert [(entry.action, entry.after) for entry in entries] == [
        ("members.read", {"customers": 1}),
        ("profile_segments.read", {"customers": 1}),
    ]
    assert MEMBER not in "".join(f"{entry.target_key}{entry.note}" for entry in entries)


def test_unknown_parameters_and_keys_are_mistakes(editor: Client, estate: Estate) -> None:
    for path in ("segments?stat=live", "segments/own-live/runs?page=2", "catalogue?x=1", "sync-runs?activ=1"):
        status, problem = send(editor, "GET", f"/api/v1/{path}")
        assert (status, problem["errors"][0]["code"]) == (400, "unknown_key"), path
    status, problem = send(editor, "POST", f"{LIVE}/pause", {"reason": "none"})
    assert (status, problem["errors"][0]["code"]) == (400, "unknown_key")


def test_a_session_needs_its_csrf_token_and_a_bearer_does_not(estate: Estate) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(estate.people["editor"])
    status, problem = send(browser, "POST", f"{LIVE}/pause")
    assert (status, problem["type"]) == (403, "permission_denied")
    assert Segment.objects.get(key="own-live").state == "live"
    _, secret = world.token_of(estate.people["editor"])
    program = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {secret}"})
    assert send(program, "POST", f"{LIVE}/pause")[0] == 200
