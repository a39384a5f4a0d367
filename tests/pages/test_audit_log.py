"""The audit log as people read it: sentences, changes, filters, pages, and the file."""

import csv
import io
import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actors import INSTALLATION, Actor
from accounts.models import AuditEntry, Team, User
from accounts.services import change_team, create_team, set_role
from tests.pages.company import make_person, make_segment, make_team
from tests.pages.reading import text

SECRET_NAME = "=SECRET()"


@pytest.fixture
def boss(db: None) -> Client:
    client = Client()
    client.force_login(make_person("boss@example.com", "Maya Lindqvist", is_administrator=True))
    return client


def add(action: str, team: Team | None = None, **fields: object) -> AuditEntry:
    given: dict[str, object] = {"actor_label": "maya@example.com", "action": action}
    owner = {"team_id": team.pk, "team_key": team.key} if team else {}
    return AuditEntry.objects.create(**given | owner | fields)


def test_an_entry_is_a_sentence_with_names_and_its_changes_in_words(
    signed_in: Client, viewer: User, team: Team
) -> None:
    segment = make_segment("trials-going-quiet", team)
    before = {"version": 5, "state": "live", "four_eyes": False}
    add(
        "segment.publish", team, actor_id=viewer.pk, target_kind="segment", target_key=segment.key,
        target_id=segment.pk, before=before, after={"version": 6, "four_eyes": True},
    )  # fmt: skip
    response = signed_in.get("/audit/")
    assert "Vera Viewer published version 6 of Trials going quiet" in text(response)
    assert f'<a href="/segments/{segment.key}/">Trials going quiet</a>' in response.content.decode()
    assert "version before: 5 after: 6" in text(response)
    assert "four eyes before: no after: yes" in text(response)
    assert "It is kept for ever" in text(response)


def test_what_services_write_reads_well(signed_in: Client, viewer: User, team: Team) -> None:
    tom = make_person("tom@example.com", "Tom Okafor")
    set_role(actor=INSTALLATION, team=team, user=tom, role="editor")
    change_team(
        actor=Actor(viewer) if viewer.is_superuser else INSTALLATION,
        team=team,
        name="G",
        colour="#000000",
        four_eyes=True,
    )
    page = text(signed_in.get("/audit/"))
    assert "the installation made tom@example.com editor of G" in page
    assert "the installation changed the settings of G" in page


def test_an_action_without_a_sentence_is_still_told(signed_in: Client, team: Team) -> None:
    add("play.start", team, target_kind="play", target_key="winter")
    assert "maya@example.com did “start play”: winter" in text(signed_in.get("/audit/"))


def test_others_see_neither_foreign_entries_nor_who_read_personal_data(
    signed_in: Client, boss: Client, team: Team
) -> None:
    add("segment.create", make_team("sales"), target_kind="segment", target_key="foreign-thing")
    add("members.read", team, target_kind="segment", target_key="own-thing", after={"customers": 7})
    add("segment.pause", team, target_kind="segment", target_key="own-thing")
    for page in (text(signed_in.get("/audit/")), read(signed_in.get("/audit/file/"))):
        assert "foreign-thing" not in page
        assert "read 7 members" not in page
        assert "paused own-thing" in page
    everything = text(boss.get("/audit/"))
    assert "maya@example.com read 7 members of own-thing" in everything
    assert "foreign-thing" in everything


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("action=segment.pause", ["two"]),
        ("target=one", ["one"]),
        ("actor=TOM@example.com", ["three"]),
        ("kind=activation", ["three"]),
        ("team=growth", ["one", "two", "three"]),
        ("team=sales", []),
        ("since=2000-01-01", ["one", "two", "three"]),
        ("until=2000-01-01", []),
        ("since=nonsense", ["one", "two", "three"]),
        ("before=nonsense", ["one", "two", "three"]),
    ],
)
def test_filters(signed_in: Client, team: Team, query: str, expected: list[str]) -> None:
    add("segment.create", team, target_kind="segment", target_key="one")
    add("segment.pause", team, target_kind="segment", target_key="two")
    add("activation.pause", team, target_kind="activation", target_key="three", actor_label="tom@example.com")
    rows = list(csv.DictReader(io.StringIO(read(signed_in.get(f"/audit/file/?{query}")), newline="")))
    assert [row["target"] for row in reversed(rows)] == expected
    page = text(signed_in.get(f"/audit/?{query}"))
    assert [
        name for name in ("one", "two", "three") if f"d {name} " in page or f"n {name} " in page or f"t {name} " in page
    ] == expected


def test_older_entries_are_on_the_next_page(signed_in: Client, team: Team) -> None:
    for number in range(60):
        add("segment.pause", team, target_kind="segment", target_key=f"s-{number}")
    first = signed_in.get("/audit/?action=segment.pause")
    assert "paused s-59 " in text(first)
    assert "paused s-9 " not in text(first)
    older = AuditEntry.objects.get(target_key="s-10").pk
    assert f"/audit/?action=segment.pause&amp;before={older}" in first.content.decode()
    second = text(signed_in.get(f"/audit/?action=segment.pause&before={older}"))
    assert "paused s-9 " in second
    assert "paused s-10 " not in second


def test_the_file_holds_everything_and_runs_nothing(signed_in: Client, team: Team) -> None:
    add(
        "segment.pause",
        team,
        target_kind="segment",
        target_key=SECRET_NAME,
        before={"state": "live"},
        after={"state": "paused"},
    )
    row = next(csv.DictReader(io.StringIO(read(signed_in.get("/audit/file/")), newline="")))
    assert row["target"] == f"'{SECRET_NAME}"
    assert row["sentence"] == f"maya@example.com paused {SECRET_NAME}"
    assert json.loads(row["after"]) == {"state": "paused"}


def test_hostile_names_are_text(signed_in: Client, team: Team) -> None:
    add("segment.pause", team, target_kind="segment", target_key="<script>alert(1)</script>{who}")
    assert "<script>alert" not in signed_in.get("/audit/").content.decode()


def test_the_page_keeps_its_number_of_queries(boss: Client, team: Team) -> None:
    def fill(numbers: range) -> None:
        for number in numbers:
            create_team(actor=INSTALLATION, key=f"t{number}", name=f"T{number}")
            segment = make_segment(f"s{number}", team)
            add("segment.pause", team, target_kind="segment", target_key=segment.key, target_id=segment.pk)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert boss.get("/audit/").status_code == 200
        return len(captured)

    fill(range(2))
    few = queries()
    fill(range(2, 20))
    assert queries() == few
    assert few <= 12


def read(response: object) -> str:
    return b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
