"""The command `why`, called as Django calls it."""

import json
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from profiles.changes import mark_companies
from profiles.models import Profile
from segments.explanations import TODAYS_TRAITS
from tests.segments import data, small_world
from tests.segments.small_world import AS_OF_TEXT, OFTEN, PAID

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> dict[str, Profile]:
    return small_world.build()


def run(*arguments: str) -> tuple[dict[str, Any], int]:
    """The one line of JSON that the command prints, and its exit status."""
    out, status = StringIO(), 0
    try:
        call_command("why", *arguments, stdout=out)
    except SystemExit as end:
        status = int(str(end.code))
    [line] = out.getvalue().splitlines()
    return json.loads(line), status


def written(path: Path, document: object) -> str:
    path.write_text(json.dumps(document))
    return str(path)


def test_why_prints_the_tree_of_one_profile(people: dict[str, Profile], tmp_path: Path) -> None:
    source = written(tmp_path / "often.json", small_world.definition({"all": [PAID, OFTEN]}))

    answer, status = run(source, "ann", "--as-of", AS_OF_TEXT)

    assert status == 0
    assert list(answer) == [
        "profile", "member", "as_of", "words", "definition_sha256", "milliseconds", "in_population", "tree", "note",
    ]  # fmt: skip
    assert (answer["profile"], answer["member"], answer["as_of"]) == ("ann", False, AS_OF_TEXT)
    assert answer["words"] == ("People whose Plan is Paid and with “logged_in” at least 5 times in the last 30 days.")
    assert answer["note"] == TODAYS_TRAITS
    assert answer["tree"]["rules"][1] == {
        "path": "rule.all[1]",
        "kind": "event",
        "holds": False,
        "words": "“logged_in” 3 times in the last 30 days, needs at least 5 times",
        "value": 3,
        "rules": [],
    }


def test_now_has_no_note_and_dates_are_read_in_the_timezone(people: dict[str, Profile], tmp_path: Path) -> None:
    source = written(tmp_path / "paid.json", small_world.definition(PAID))
    assert "note" not in run(source, "cat")[0]
    past, _ = run(source, "cat", "--as-of", "2026-03-31", "--timezone", "Europe/Berlin")
    assert past["as_of"] == "2026-03-30T22:00:00Z"


def test_a_profile_without_an_external_id_is_named_by_its_address(people: dict[str, Profile], tmp_path: Path) -> None:
    source = written(tmp_path / "paid.json", small_world.definition({"not": PAID}))
    answer, status = run(source, "dan@example.com")
    assert (answer["member"], status) == (True, 0)


def test_why_asks_companies_where_companies_are_counted(people: dict[str, Profile], tmp_path: Path) -> None:
    source = written(tmp_path / "large.json", {"unit": "company", "rule": {"trait": "size", "op": "lt", "value": 5}})
    answer, _ = run(source, "acme")
    assert (answer["company"], answer["member"]) == ("acme", False)
    assert answer["tree"]["words"] == "size is 250, needs less than 5"


def test_one_who_is_counted_nowhere_gets_the_reason(people: dict[str, Profile], tmp_path: Path) -> None:
    company = data.make_company("rumour")
    company.known = False
    company.save()
    mark_companies([company.pk])
    source = written(tmp_path / "all.json", {"unit": "company", "rule": {"everyone": True}})
    answer, status = run(source, "rumour")
    assert status == 0
    assert (answer["member"], answer["in_population"], answer["tree"]) == (False, False, None)
    assert "counted nowhere" in answer["reason"]


def test_a_name_that_nobody_has_ends_with_status_1(people: dict[str, Profile], tmp_path: Path) -> None:
    source = written(tmp_path / "paid.json", small_world.definition(PAID))
    answer, status = run(source, "nobody")
    assert status == 1
    assert [error["code"] for error in answer["errors"]] == ["unknown_profile"]
    assert "'nobody'" in answer["errors"][0]["message"]


def test_an_invalid_definition_is_its_mistakes(people: dict[str, Profile], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(b'{"unit": "profile", "rule": {"trait": "plam"}}')))
    answer, status = run("-", "ann")
    assert status == 1
    assert [(error["path"], error["code"]) for error in answer["errors"]] == [
        ("rule.trait", "unknown_trait"),
        ("rule.op", "missing_key"),
    ]


def test_a_file_of_segments_stands_in_for_the_registry(people: dict[str, Profile], tmp_path: Path) -> None:
    source = written(tmp_path / "refers.json", small_world.definition({"segment": "paid"}))
    stand_in = written(tmp_path / "segments.json", {"paid": small_world.definition(PAID)})
    answer, _ = run(source, "ann", "--segments", stand_in)
    assert answer["tree"]["words"] == "in the segment “paid”"


def test_a_file_of_many_definitions_is_a_mistake_in_the_call(tmp_path: Path) -> None:
    source = written(tmp_path / "many.jsonl", small_world.definition({"everyone": True}))
    with pytest.raises(CommandError) as refused:
        call_command("why", source, "ann")
    assert refused.value.returncode == 2
