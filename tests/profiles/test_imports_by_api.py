"""Imports over HTTP: asked for, sent, looked at, accepted, carried out by a worker, and what may go wrong with each."""

import csv
import gzip
import io
import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from accounts.actors import INSTALLATION
from accounts.models import AuditEntry, Role, Scope, Team, User
from lib import failpoints, leases
from profiles.imports import files, queue, services
from profiles.imports.work import work
from profiles.ingest import rows
from profiles.ingest.readers import delimited
from profiles.models import EventId, Identity, Import, Profile, Source, TraitDefinition
from tests.accounts.cast import bearer, make_person, make_team
from tests.profiles.ingest.customers import lake
from tests.profiles.lake import processes

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = "external_id,email,plan,seats\nann,ann@example.com,Paid,40\nbob,bob@example.com,Free,3\n"
SCOPES = [Scope.READ, Scope.WRITE, Scope.PII]


class Program:
    """What calls the API with somebody's token."""

    def __init__(self, user: User, scopes: list[Scope] | None = None) -> None:
        self.client = bearer(user, *(scopes or SCOPES))

    def post(self, path: str, status: int, body: object = None) -> Any:
        answer = self.client.post(f"/api/v1/{path}", json.dumps(body or {}), content_type="application/json")
        assert answer.status_code == status, answer.content
        return answer.json()

    def put(self, number: int, content: str | bytes, status: int = 200) -> Any:
        answer = self.client.put(f"/api/v1/imports/{number}/file", content, content_type="application/octet-stream")
        assert answer.status_code == status, answer.content
        return answer.json()

    def get(self, path: str, status: int = 200) -> Any:
        answer = self.client.get(f"/api/v1/{path}")
        assert answer.status_code == status, answer.content
        return answer.json()

    def sent(self, content: str | bytes, **options: object) -> int:
        """The number of an import that has its file."""
        number = self.post("imports", 201, {"team": "shop", "kind": "profiles", **options})["number"]
        self.put(number, content)
        return int(number)


@pytest.fixture
def shop(settings: Settings, tmp_path: Path) -> Team:
    settings.REGISTRY_HOME = tmp_path / "home"
    return make_team("shop")


@pytest.fixture
def editor(shop: Team) -> Program:
    return Program(make_person("editor", shop, Role.EDITOR, sees_personal_data=True))


def names() -> list[str]:
    return sorted(Identity.objects.filter(kind="external_id").values_list("value", flat=True))


def test_new_types_wait_for_somebody_and_then_the_rows_come_in(editor: Program) -> None:
    number = editor.sent(PEOPLE, source="crm")
    assert work() == 1
    shown = editor.get(f"imports/{number}")
    assert (shown["state"], shown["waits_for"]) == ("waiting", "acceptance")
    assert shown["additions"] == [
        {"kind": "profile trait", "name": "plan", "type": "text"},
        {"kind": "profile trait", "name": "seats", "type": "number"},
        {"kind": "source", "name": "crm"},
    ]
    assert [model.objects.count() for model in (Profile, TraitDefinition, Source)] == [0, 0, 0]
    assert editor.post(f"imports/{number}/accept", 200)["state"] == "queued"
    assert work() == 1
    shown = editor.get(f"imports/{number}")
    assert (shown["state"], shown["failure"]) == ("succeeded", "")
    assert (shown["counts"]["read"], shown["counts"]["new"], shown["counts"]["rejected"]) == (2, 2, 0)
    assert lake("SELECT plan, seats FROM users ORDER BY plan") == [("Free", 3.0), ("Paid", 40.0)]
    assert not files.data_of(number).exists()


def test_a_second_import_of_the_same_file_changes_nothing_and_asks_nothing(editor: Program) -> None:
    for expected in ((2, 0), (0, 2)):
        number = editor.sent(PEOPLE, yes=True)
        work()
        counts = editor.get(f"imports/{number}")["counts"]
        assert (counts["new"], counts["unchanged"]) == expected


def test_events_come_in_with_all_options_and_twice_the_same_rows_are_once_there(editor: Program) -> None:
    content = "what;who;when;labels;nr\nOrder;u1;03/02/2026;a|b;1\nOrder;u1;03/02/2026;a|b;1\nOrder;u2;04/02/2026;;2\n"
    options = {
        "kind": "events", "map": {"what": "event", "who": "user_id", "when": "timestamp"}, "skip": ["nr"],
        "list": {"labels": "|"}, "date": {"when": "%d/%m/%Y"}, "timezone": "Europe/London", "yes": True,
    }  # fmt: skip
    for new in (3, 0):
        number = editor.sent(content, **options)
        work()
        assert editor.get(f"imports/{number}")["counts"]["new"] == new
    assert EventId.objects.count() == 3
    assert lake('SELECT labels FROM "order" ORDER BY timestamp LIMIT 1') == [(["a", "b"],)]


def test_rows_that_are_not_taken_can_be_fetched_and_that_is_on_record(editor: Program) -> None:
    editor.sent(PEOPLE, yes=True)
    number = editor.sent("external_id,seats\nann,=many\n,7\nbob,4\n")
    work()
    shown = editor.get(f"imports/{number}")
    assert (shown["state"], shown["counts"]["rejected"], shown["counts"]["changed"]) == ("partial", 2, 1)
    answer = editor.client.get(f"/api/v1/imports/{number}/rejects")
    found = list(csv.reader(b"".join(answer.streaming_content).decode().splitlines()))  # type: ignore[attr-defined]
    assert [row[:2] for row in found[1:]] == [["file", "2"], ["file", "3"]]
    entry = AuditEntry.objects.get(action="import.rejects.read")
    assert (entry.after, entry.target_id) == ({"customers": 2}, number)


def test_a_file_that_cannot_be_imported_says_why_without_a_path_of_ours(editor: Program) -> None:
    number = editor.sent("id,plan\n1,Paid\n")
    work()
    shown = editor.get(f"imports/{number}")
    assert (shown["state"], shown["failure_code"]) == ("failed", "refused")
    assert shown["failure"].startswith("file has no column external_id")
    assert "say which one holds the id with `id`" in shown["failure"]
    assert AuditEntry.objects.filter(action="import.read", target_id=number).count() == 1
    editor.post(f"imports/{number}/accept", 409)


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({"timezone": "Mars"}, "timezone"),
        ({"types": {"profile_traits": {"plan": "money"}}}, "types"),
        ({"types": []}, "types"),
        ({"source": "no key"}, "source"),
        ({"event": "Order"}, "event"),
        ({"kind": "events", "id": "x"}, "id"),
        ({"map": ["x"]}, "map"),
    ],
)
def test_wrong_options_are_refused_before_there_is_a_file(
    editor: Program, options: dict[str, object], path: str
) -> None:
    answer = editor.post("imports", 400, {"team": "shop", "kind": "profiles", **options})
    assert [mistake["path"] for mistake in answer["errors"]] == [path]
    assert not Import.objects.exists()


def test_only_editors_who_may_see_personal_data_import_and_only_for_their_team(shop: Team, editor: Program) -> None:
    number = editor.post("imports", 201, {"team": "shop", "kind": "profiles"})["number"]
    viewer = Program(make_person("viewer", shop, Role.VIEWER, sees_personal_data=True))
    unseeing = Program(make_person("unseeing", shop, Role.EDITOR))
    outsider = Program(make_person("outsider", make_team("other"), Role.ADMIN, sees_personal_data=True))
    reading = Program(User.objects.get(email="editor@example.com"), [Scope.READ, Scope.PII])
    for program, status in ((viewer, 403), (unseeing, 403), (outsider, 404), (reading, 403)):
        program.put(number, PEOPLE, status)
        program.post("imports", 403, {"team": "shop", "kind": "profiles"})
        program.post(f"imports/{number}/cancel", status)
    assert list(Import.objects.values_list("state", "size")) == [("waiting", None)]
    assert not files.folder_of(number).exists()


def test_a_file_that_is_too_large_or_comes_without_a_length_or_is_cut_off_leaves_nothing(
    editor: Program, settings: Settings
) -> None:
    settings.IMPORT_MAX_MB = 1
    number = editor.post("imports", 201, {"team": "shop", "kind": "profiles"})["number"]
    editor.put(number, b"x" * (1024 * 1024 + 1), 413)
    editor.put(number, b"", 411)
    row, begun = Import.objects.get(pk=number), io.BytesIO(b"external_id\n1\n")
    with pytest.raises(files.CutOffError):
        services.attach_file(actor=INSTALLATION, row=row, stream=begun, size=1000)
    assert list(files.folder_of(number).iterdir()) == []
    assert editor.put(number, PEOPLE)["state"] == "queued"


def test_a_file_that_unpacks_to_hundreds_of_times_its_size_is_refused(editor: Program) -> None:
    row = b"1," + b"x" * 1000 + b"\n"
    bomb = gzip.compress(b"external_id,plan\n" + row * 120_000, 9)
    number = editor.sent(bomb, yes=True)
    work()
    assert "unpacks to over 200 times its size" in editor.get(f"imports/{number}")["failure"]
    assert not Profile.objects.exists()


def test_a_file_of_very_many_columns_adds_nothing_to_the_catalogue(editor: Program) -> None:
    columns = [f"c{number}" for number in range(1001)]
    number = editor.sent(f"external_id,{','.join(columns)}\nann{',1' * 1001}\n", yes=True)
    work()
    assert "would add 1,001 traits" in editor.get(f"imports/{number}")["failure"]
    assert not TraitDefinition.objects.exists()


def test_the_same_file_sent_again_is_taken_once_and_another_one_not_at_all(editor: Program) -> None:
    number = editor.sent(PEOPLE)
    assert editor.put(number, PEOPLE)["state"] == "queued"
    editor.put(number, PEOPLE + "cat,,Free,1\n", 409)
    assert AuditEntry.objects.filter(action="import.file").count() == 1
    assert files.data_of(number).read_text() == PEOPLE


def test_a_cancelled_import_writes_nothing_more_and_its_file_is_gone(editor: Program) -> None:
    number = editor.sent(PEOPLE, yes=True)
    held = queue.claim()
    assert held is not None
    editor.post(f"imports/{number}/cancel", 200)
    with pytest.raises(leases.LeaseLostError):
        leases.renew(held, seconds=5)
    assert work() == 0
    assert (names(), files.folder_of(number).exists()) == ([], False)


def test_types_that_change_after_they_were_accepted_are_asked_for_again(editor: Program) -> None:
    number = editor.sent(PEOPLE)
    work()
    row = Import.objects.get(pk=number)
    services.accept_additions(actor=INSTALLATION, row=row)
    Import.objects.filter(pk=number).update(accepted=row.additions[:1])
    work()
    assert Import.objects.get(pk=number).waits_for == "acceptance"
    assert not Profile.objects.exists()


def test_a_team_has_so_many_imports_at_once(shop: Team, editor: Program) -> None:
    Import.objects.bulk_create(Import(team=shop, kind="events") for _ in range(services.MOST_OPEN))
    with pytest.raises(ValidationError, match="20 imports that are not over"):
        services.create_import(actor=INSTALLATION, team=shop, kind="events", given={})
    editor.post("imports", 409, {"team": "shop", "kind": "events"})


def small_portions(home: Path, uploads: Path) -> None:
    """A worker that commits every few rows, in a process of its own."""
    from django.conf import settings  # noqa: PLC0415  Django is ready only there

    delimited.ROWS_PER_CHUNK, rows.PORTION = 20, 20
    settings.REGISTRY_HOME, settings.UPLOADS = home, uploads
    work()


@pytest.mark.parametrize("failpoint", ["import.written:2", "stage.recorded:1", "imports.done:1"])
def test_an_import_whose_worker_is_killed_is_carried_out_by_another(
    editor: Program, settings: Settings, failpoint: str
) -> None:
    number = editor.sent("external_id,n\n" + "".join(f"u{row},{row}\n" for row in range(90)), yes=True)
    one = partial(small_portions, settings.REGISTRY_HOME, settings.UPLOADS)
    assert processes.was_killed(processes.start(one, failpoint))
    Import.objects.filter(state="running").update(leased_until=timezone.now())
    while Import.objects.filter(state__in=Import.WORKABLE).exists():
        work()
    queue.clear_away()
    assert Import.objects.get(pk=number).state == "succeeded"
    assert names() == sorted(f"u{row}" for row in range(90))
    assert lake("SELECT count(*), sum(n) FROM users") == [(90, 4005.0)]
    assert not files.data_of(number).exists()


def test_what_took_five_workers_with_it_is_closed_in_words(editor: Program) -> None:
    number = editor.sent(PEOPLE)
    Import.objects.filter(pk=number).update(state="running", attempts=5)
    assert work() == 0
    queue.close_lost()
    shown = editor.get(f"imports/{number}")
    assert (shown["state"], shown["failure_code"]) == ("failed", "worker_lost")


def test_files_that_nobody_needs_are_cleared_away(editor: Program) -> None:
    waiting, done = editor.sent(PEOPLE), editor.sent("external_id,seats\n,1\nbob,1\n", yes=True)
    work()
    assert files.rejects_of(done).exists()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE profiles_import SET created_at = now() - interval '8 days', finished_at = CASE"
                       " WHEN finished_at IS NULL THEN NULL ELSE now() - interval '8 days' END")  # fmt: skip
    queue.clear_away()
    assert Import.objects.get(pk=waiting).state == "cancelled"
    assert files.kept() == []


def test_each_fail_point_of_imports_is_among_those_tested() -> None:
    assert {name for name in failpoints.declared() if name.startswith("imports.")} == {"imports.done"}
