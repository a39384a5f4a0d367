"""The data map by API: filters, one thing whole, describing, hiding, removing, and what is withheld."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Scope
from lib import clock
from profiles.models import Source, TraitArrival, TraitDay, TraitDefinition, TraitValues
from tests.api.world import make_person, program_of
from tests.segments import data

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator() -> Client:
    return program_of(make_person("boss", administrator=True))


@pytest.fixture
def reader() -> Client:
    return program_of(make_person("reader"), [Scope.READ])


def make_plan(*, personal: bool = False) -> TraitDefinition:
    source = Source.objects.create(key="crm", name="CRM", promise=timedelta(days=1))
    trait = TraitDefinition.objects.create(
        unit="profile", key="plan", type="text", column="plan", source=source, personal=personal
    )
    now = clock.now()
    TraitValues.objects.create(trait=trait, population=10, filled=4, different=2, top=[["pro", 3]], measured_at=now)
    TraitArrival.objects.create(trait=trait, at=now - timedelta(days=2))
    TraitDay.objects.create(trait=trait, day=now.date(), population=10, filled=4)
    return trait


def results(client: Client, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"/api/v1/data-map?{query}").json()["results"]
    return found


def test_a_row_has_its_numbers_findings_and_uses(reader: Client) -> None:
    trait = make_plan()
    data.live_segment("payers", data.make_team(), {"trait": "plan", "op": "eq", "value": "pro"})
    [row] = results(reader, "segment=payers")
    assert row["coverage"] == {"filled": 4, "population": 10, "share": 0.4}
    assert row["uses"] == [{"kind": "segment", "key": "payers", "name": "Payers", "is_indirect": False}]
    assert [finding["kind"] for finding in row["findings"]] == ["stale"]
    assert {key: row[key] for key in ("kind", "id", "key", "event", "source", "status", "promise_seconds")} == {
        "kind": "profile", "id": trait.pk, "key": "plan", "event": None, "source": "crm", "status": "new",
        "promise_seconds": 86_400,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("kind=profile", 1), ("kind=event", 0), ("source=crm", 1), ("source=shop", 0), ("status=new", 1),
        ("status=hidden", 0), ("finding=stale", 1), ("finding=thinning", 0), ("used=false", 1), ("used=true", 0),
        ("segment=payers", 0),
    ],
)  # fmt: skip
def test_filters_narrow_it(reader: Client, query: str, number: int) -> None:
    make_plan()
    assert len(results(reader, query)) == number


def test_a_filter_without_meaning_is_refused(reader: Client) -> None:
    assert reader.get("/api/v1/data-map?sauce=crm").status_code == 400


def test_one_thing_has_its_values_and_days_unless_they_are_personal(reader: Client, administrator: Client) -> None:
    trait = make_plan()
    path, today = f"/api/v1/catalogue/traits/{trait.pk}", clock.now().date().isoformat()
    told = reader.get(path).json()
    assert told["values"] == {"different": 2, "lowest": "", "highest": "", "top": [{"value": "pro", "number": 3}]}
    assert (told["withheld"], told["days"]) == (False, [{"day": today, "number": 4, "population": 10}])
    TraitDefinition.objects.update(personal=True)
    told = reader.get(path).json()
    assert (told["values"], told["withheld"]) == (None, True)
    assert administrator.get(path).json()["values"]["top"] == [{"value": "pro", "number": 3}]


def test_describing_hiding_and_removing(administrator: Client) -> None:
    path = f"/api/v1/catalogue/traits/{make_plan().pk}"
    said = {"label": "Plan", "serves": "value", "synonyms": {"pro": ["premium"]}, "source": None}
    told = administrator.patch(path, said, content_type="application/json").json()
    assert (told["row"]["label"], told["row"]["status"], told["synonyms"]) == ("Plan", "accepted", {"pro": ["premium"]})
    assert TraitDefinition.objects.get().source is None
    both = administrator.patch(path, {"status": "hidden", "label": "x"}, content_type="application/json")
    assert both.status_code == 400
    told = administrator.patch(path, {"status": "hidden"}, content_type="application/json").json()
    assert (told["row"]["status"], told["row"]["label"]) == ("hidden", "Plan")
    assert administrator.delete(path).status_code == 204
    assert not TraitDefinition.objects.exists()


def test_what_is_used_is_not_removed_and_the_answer_says_by_what(administrator: Client) -> None:
    trait = make_plan()
    data.live_segment("payers", data.make_team(), {"trait": "plan", "op": "eq", "value": "pro"})
    answer = administrator.delete(f"/api/v1/catalogue/traits/{trait.pk}")
    assert answer.status_code == 400
    assert "segment “Payers” (payers)" in answer.content.decode()
    assert TraitDefinition.objects.exists()


def test_a_source_promises_by_api(administrator: Client) -> None:
    make_plan()
    path = "/api/v1/catalogue/sources/crm"
    told = administrator.patch(path, {"promise_seconds": 7200}, content_type="application/json").json()
    assert told == {"key": "crm", "name": "CRM", "promise_seconds": 7200}
    assert administrator.patch(path, {"promise_seconds": 5}, content_type="application/json").status_code == 400
    assert Source.objects.get().promise == timedelta(hours=2)
