"""The commands `evaluate`, `sql` and `recompute`, called as Django calls them."""

import json
from hashlib import sha256
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from profiles.models import TraitDefinition
from tests.segments import data
from tests.segments.processes import manage

pytestmark = pytest.mark.django_db(transaction=True)

PAID = {"trait": "plan", "op": "eq", "value": "paid"}


def run(*arguments: str) -> tuple[list[Any], int]:
    """The JSON lines that a command prints, and its exit status."""
    out, status = StringIO(), 0
    try:
        call_command(*arguments, stdout=out)
    except SystemExit as end:
        status = int(str(end.code))
    return [json.loads(line) for line in out.getvalue().splitlines()], status


def written(path: Path, document: object) -> str:
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return str(path)


def lines_of(path: Path, *documents: object) -> str:
    return written(path, "\n".join(json.dumps(document) for document in documents) + "\n")


@pytest.fixture
def people() -> None:
    data.make_trait("plan", "text")
    data.make_trait("size", "number", unit="company")
    acme = data.make_company("acme", size=10.0)
    data.make_profile("ä", plan="paid", company=acme)
    data.make_profile("Z", plan="paid")
    data.make_profile(None, email="a@example.com", plan="paid")
    data.make_profile("free", plan="free")
    data.make_profile(None, plan="paid")


def test_evaluate_prints_count_checksum_and_members(people: None, tmp_path: Path) -> None:
    source = written(tmp_path / "paid.json", {"unit": "profile", "rule": PAID})
    members = tmp_path / "members.txt"

    [answer], status = run("evaluate", source, "--members", str(members))

    assert status == 0
    assert answer["count"] == 3
    assert members.read_text() == "Z\na@example.com\nä\n"
    assert answer["sha256"] == sha256("Z\na@example.com\nä".encode()).hexdigest()
    assert set(answer) == {"count", "as_of", "sha256", "definition_sha256", "milliseconds"}


def test_evaluate_counts_companies_by_their_external_ids(people: None, tmp_path: Path) -> None:
    source = written(tmp_path / "large.json", {"unit": "company", "rule": {"everyone": True}})
    [answer], _ = run("evaluate", source)
    assert (answer["count"], answer["sha256"]) == (1, sha256(b"acme").hexdigest())


def test_nobody_has_the_checksum_of_nothing(people: None, tmp_path: Path) -> None:
    source = written(tmp_path / "nobody.json", {"unit": "profile", "rule": {"not": {"everyone": True}}})
    [answer], _ = run("evaluate", source)
    assert (answer["count"], answer["sha256"]) == (0, sha256(b"").hexdigest())


def test_evaluate_prints_all_mistakes_of_an_invalid_definition(people: None, tmp_path: Path) -> None:
    source = written(tmp_path / "bad.json", {"unit": "profile", "rule": {"trait": "plam", "op": "eq"}, "extra": 1})
    [answer], status = run("evaluate", source)
    assert status == 1
    assert [(error["path"], error["code"]) for error in answer["errors"]] == [
        ("rule.trait", "unknown_trait"),
        ("rule.value", "missing_key"),
        ("extra", "unknown_key"),
    ]


def test_a_file_of_lines_is_answered_line_by_line_and_mistakes_stop_nothing(people: None, tmp_path: Path) -> None:
    good = {"unit": "profile", "rule": PAID}
    source = lines_of(
        tmp_path / "many.jsonl",
        {"id": "first", "as_of": "2020-01-01", "timezone": "Europe/Berlin", "definition": good},
        {"id": "second", "definition": {"unit": "profile", "rule": {}}},
        {"id": "third", "as_of": "yesterday", "definition": good},
        good,
    )
    answers, status = run("evaluate", source)

    assert status == 1
    assert [answer["id"] for answer in answers] == ["first", "second", "third", 4]
    assert answers[0]["as_of"] == "2019-12-31T23:00:00Z"
    assert answers[0]["note"] == "with today's traits"
    assert answers[0]["count"] == answers[3]["count"] == 3
    assert "note" not in answers[3]
    assert answers[1]["errors"][0]["code"] == "rule_kind"
    assert answers[2]["errors"] == [
        {"path": "as_of", "code": "bad_instant", "message": answers[2]["errors"][0]["message"]}
    ]


def test_as_of_decides_which_events_exist(people: None, tmp_path: Path) -> None:
    bought = data.make_event_type("bought")
    buyer = data.make_profile("buyer")
    data.make_event(bought, buyer)  # on 1 January 2020
    source = written(tmp_path / "bought.json", {"unit": "profile", "rule": {"event": "bought"}})
    counts = [run("evaluate", source, "--as-of", day)[0][0]["count"] for day in ("2020-01-01", "2020-01-02")]
    assert counts == [0, 1]


def test_a_file_of_segments_stands_in_for_the_registry(people: None, tmp_path: Path) -> None:
    data.live_segment("paid", data.make_team(), {"not": PAID})
    source = written(tmp_path / "refers.json", {"unit": "profile", "rule": {"segment": "paid"}})
    stand_in = written(tmp_path / "segments.json", {"paid": {"unit": "profile", "rule": PAID}})
    assert run("evaluate", source)[0][0]["count"] == 1
    assert run("evaluate", source, "--segments", stand_in)[0][0]["count"] == 3


def test_the_time_zone_of_the_call_is_that_of_stand_in_segments_which_name_none(people: None, tmp_path: Path) -> None:
    bought = data.make_event_type("bought")
    data.make_event(bought, data.make_profile("buyer"))  # at midnight in UTC, on 1 January 2020
    before = {"event": "bought", "window": {"to": "2020-01-01"}}
    stand_in = written(
        tmp_path / "segments.json",
        {
            "theirs": {"unit": "profile", "rule": before},
            "own": {"unit": "profile", "timezone": "Europe/Berlin", "rule": before},
        },
    )
    counts = []
    for segment in ("theirs", "own"):
        source = written(tmp_path / "refers.json", {"unit": "profile", "rule": {"segment": segment}})
        for zone in ("America/New_York", "Europe/Berlin"):
            [answer], _ = run("evaluate", source, "--segments", stand_in, "--timezone", zone)
            counts.append(answer["count"])
    assert counts == [1, 0, 0, 0]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ('{"unit": "profile",\n "rule": {"everyone": true}}', [None]),
        ('{"unit": "profile", "rule": {"everyone": true}}\n', [None]),
        ('{"id": "a", "definition": {"unit": "profile", "rule": {"everyone": true}}}', ["a"]),
        ('{"unit": "profile", "rule": {"everyone": true}}\n\n{"unit": "company", "rule": {"everyone": true}}', [1, 3]),
    ],
)
def test_standard_input_has_one_definition_or_one_per_line(
    people: None, monkeypatch: pytest.MonkeyPatch, text: str, ids: list[object]
) -> None:
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(text.encode())))
    answers, status = run("evaluate", "-")
    assert status == 0
    assert [answer.get("id") for answer in answers] == ids
    assert [answer["count"] for answer in answers] == [4, 1][: len(ids)]


@pytest.mark.parametrize(
    "arguments",
    [
        ("missing.json",),
        ("{good}", "--as-of", "tomorrow"),
        ("{good}", "--timezone", "Atlantis/Capital"),
        ("{good}", "--segments", "missing.json"),
        ("{many}", "--members", "out.txt"),
    ],
)
def test_mistakes_in_the_call_end_with_status_2(people: None, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    good = written(tmp_path / "good.json", {"unit": "profile", "rule": PAID})
    many = lines_of(tmp_path / "many.jsonl", {"unit": "profile", "rule": PAID})
    with pytest.raises(CommandError) as refused:
        call_command("evaluate", *(argument.format(good=good, many=many) for argument in arguments))
    assert refused.value.returncode == 2


@pytest.mark.parametrize("text", ["no JSON", "[]", '{"paid": {"rule": {"everyone": true}}}'])
def test_a_file_of_segments_that_holds_none_is_invalid_input(people: None, tmp_path: Path, text: str) -> None:
    good = written(tmp_path / "good.json", {"unit": "profile", "rule": PAID})
    (tmp_path / "segments.json").write_text(text)
    with pytest.raises(CommandError, match="--segments") as refused:
        call_command("evaluate", good, "--segments", str(tmp_path / "segments.json"))
    assert refused.value.returncode == 1


def test_a_line_that_says_a_key_twice_is_refused(people: None, tmp_path: Path) -> None:
    rule = '{"unit": "profile", "rule": {"everyone": true}}'
    (tmp_path / "twice.jsonl").write_text(f'\n{{"id": 1, "id": 2, "definition": {rule}}}\n\n{rule}\n')
    answers, status = run("evaluate", str(tmp_path / "twice.jsonl"))
    assert status == 1
    assert [error["code"] for error in answers[0]["errors"]] == ["not_allowed"]
    assert answers[1]["count"] == 4


def test_sql_is_readable_and_has_the_instants_of_one_moment(people: None, tmp_path: Path) -> None:
    data.make_event_type("bought")
    rule = {"event": "bought", "window": {"last": "1 day"}}
    source = written(tmp_path / "bought.json", {"unit": "profile", "rule": rule})
    out = StringIO()
    call_command("sql", source, "--dialect", "postgres", "--as-of", "2026-03-02T00:00:00Z", stdout=out)
    assert "2026-03-01" in out.getvalue()
    assert '"bought"' in out.getvalue()


def test_sql_of_an_invalid_definition_is_its_mistakes(people: None, tmp_path: Path) -> None:
    source = written(tmp_path / "bad.json", {"unit": "profile", "rule": {}})
    [answer], status = run("sql", source, "--dialect", "postgres")
    assert (status, answer["errors"][0]["code"]) == (1, "rule_kind")


def test_recompute_without_a_worker_computes_by_itself(people: None) -> None:
    team = data.make_team()
    data.live_segment("paid", team, PAID)
    data.live_segment("nobody", team, {"not": {"everyone": True}})

    [answers], status = run("recompute", "--all")

    assert status == 0
    assert {answer["segment"]: (answer["state"], answer["members"]) for answer in answers} == {
        "paid": ("succeeded", 3),
        "nobody": ("succeeded", 0),
    }


def test_recompute_of_a_segment_that_is_not_there_is_a_mistake_in_the_call() -> None:
    with pytest.raises(CommandError) as refused:
        call_command("recompute", "paid")
    assert refused.value.returncode == 2


def test_recompute_works_without_a_broker(people: None, process_environment: dict[str, str]) -> None:
    data.live_segment("paid", data.make_team(), PAID)
    ended = manage(process_environment | {"REDIS_URL": "redis://127.0.0.1:1/0"}, "recompute", "paid")
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["members"] == 3
    assert "broker does not answer" in ended.stderr


def test_recompute_says_why_a_run_failed(people: None) -> None:
    data.live_segment("paid", data.make_team(), PAID)
    TraitDefinition.objects.get(key="plan").delete()
    [answer], status = run("recompute", "paid", "--wait")
    assert status == 1
    assert (answer["state"], answer["failure_code"]) == ("failed", "invalid_definition")
    assert "plan" in answer["failure"]
