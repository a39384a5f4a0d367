"""The live count: what is counted, what is not yet, and who is shown to whom."""

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, User
from tests.pages.company import make_person
from tests.pages.reading import text
from tests.segments import data, small_world
from tests.segments.small_world import PAID

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def marketer() -> User:
    small_world.build()
    return make_person("maya@example.com")


@pytest.fixture
def counting(marketer: User, client: Client) -> Client:
    client.force_login(marketer)
    return client


def preview(client: Client, document: Any) -> Any:
    written = document if isinstance(document, str) else json.dumps(document)
    return client.post("/rules/preview/", {"definition": written})


def data_of(answer: Any) -> dict[str, Any]:
    """What the builder draws from."""
    found: dict[str, Any] = answer.context["shown"].data
    return found


def test_a_rule_is_counted_with_its_share_its_lines_and_its_sentence(counting: Client) -> None:
    answer = preview(counting, small_world.definition({"all": [PAID, {"not": PAID}]}))
    page = text(answer)
    assert "0 people, 0% of 4" in page
    assert "Nobody matches." in page
    assert data_of(answer)["counts"] == {"rule": 0, "rule.all[0]": 2, "rule.all[1]": 2, "rule.all[1].not": 2}
    assert "People whose Plan is Paid and" in page


def test_unfinished_conditions_are_not_counted_yet_and_say_so(counting: Client) -> None:
    answer = preview(counting, small_world.definition({"all": [{}, PAID, {"trait": "plan", "op": "eq"}]}))
    page, data = text(answer), data_of(answer)
    assert "2 people, 50.0% of 4" in page
    assert "2 unfinished conditions are not counted yet." in page
    assert data["counts"] == {"rule": 2, "rule.all[1]": 2}
    assert data["problems"] == {
        "rule.all[0]": "Choose what this condition is about.",
        "rule.all[2].value": "Enter a value.",
    }


def test_an_empty_rule_counts_nobody_in_particular(counting: Client) -> None:
    page = text(preview(counting, small_world.definition({"all": []})))
    assert "Add a condition to see a count. 4 people in total." in page


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{", "This is not JSON"),
        ('{"unit": "profile", "rule": {"everyone": true}, "x": 1}', "There is no key 'x' here"),
        (json.dumps(small_world.definition({"trait": "plan", "op": "in", "value": ["x" * 999] * 300})), "bytes"),
    ],
)
def test_what_is_wrong_with_the_document_itself_is_said(counting: Client, written: str, said: str) -> None:
    answer = preview(counting, written)
    assert answer.status_code == 200
    assert said in text(answer)
    assert answer.context["shown"].counted is None


def test_members_are_named_only_to_who_may_see_personal_data_and_that_is_on_record(
    counting: Client, marketer: User
) -> None:
    definition = small_world.definition(PAID)
    before = AuditEntry.objects.count()
    assert "Members are named only to those who may see personal data" in text(preview(counting, definition))
    assert AuditEntry.objects.count() == before
    User.objects.filter(pk=marketer.pk).update(sees_personal_data=True)
    page = text(preview(counting, definition))
    assert "ann" in page
    assert "cat" in page
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.after) == ("sample.read", {"customers": 2})


def test_a_preview_needs_somebody_who_has_signed_in(db: None) -> None:
    assert Client().post("/rules/preview/", {"definition": "{}"}).status_code == 302


def test_values_that_several_share_are_offered_and_rare_ones_are_not(counting: Client) -> None:
    data.make_profile("eve", plan="Paid")
    answer = counting.get("/rules/values/?unit=profile&trait=plan")
    assert answer.json() == {"values": ["Paid"], "synonyms": {}}
    assert counting.get("/rules/values/?unit=company&trait=size").json() == {"values": [], "synonyms": {}}
    assert counting.get("/rules/values/?unit=profile&trait=nothing").status_code == 404
