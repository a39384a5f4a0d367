"""A person is erased by API, by page and by command; the receipts can be read."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from profiles.erasure.work import work
from profiles.models import Erasure, Profile
from tests.accounts.cast import bearer, make_administrator, make_person
from tests.pages.reading import text
from tests.profiles.privacy.test_erasure import AT_ONCE
from tests.segments import data

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ann(db: None) -> Profile:
    return data.make_profile("ann", email="ann@example.com", plan="Paid")


@pytest.fixture
def administrator() -> User:
    return make_administrator()


def test_by_api_with_a_receipt(ann: Profile, administrator: User) -> None:
    program = bearer(administrator)
    begun = program.post("/api/v1/erasures", {"profile": "ann"}, content_type="application/json")
    assert (begun.status_code, begun.json()["state"]) == (202, "running")
    assert program.get("/api/v1/profiles/ann").status_code == 404
    work(age=AT_ONCE)
    read = program.get(f"/api/v1/erasures/{begun.json()['number']}").json()
    assert (read["state"], read["by"], read["profile"]) == ("succeeded", administrator.email, ann.pk)
    assert {step["what"]: step["number"] for step in read["steps"]}["identifiers"] == 2
    assert read["remains"] == []
    listed = program.get("/api/v1/erasures?state=succeeded").json()["results"]
    assert [each["number"] for each in listed] == [read["number"]]
    refused = program.post("/api/v1/erasures", {"profile": "ann"}, content_type="application/json")
    assert refused.status_code == 400
    assert "Nobody has this external id." in refused.content.decode()


def test_by_page_that_asks_first_and_shows_the_receipt(ann: Profile, administrator: User, client: Client) -> None:
    client.force_login(administrator)
    address = f"/profiles/id/{ann.pk}/erase/"
    assert "It cannot be undone" in text(client.get(address))
    assert "This is not the number of this person" in text(client.post(address, {"number": ann.pk + 1}))
    assert not Erasure.objects.exists()
    answer = client.post(address, {"number": ann.pk}, follow=True)
    assert "Nobody sees them any more" in text(answer)
    assert "What is here is being erased" in text(answer)
    assert client.get(f"/profiles/id/{ann.pk}/").status_code == 404
    work(age=AT_ONCE)
    receipt = f"/erasures/{Erasure.objects.get().pk}/"
    assert "Erased everywhere" in text(client.get(receipt))
    assert "every 3s" not in client.get(receipt).content.decode()
    assert "Erasure" in text(client.get("/erasures/"))


def test_nobody_but_administrators_gets_to_the_pages(ann: Profile, client: Client) -> None:
    client.force_login(make_person("tom", sees_personal_data=True))
    for address in (f"/profiles/id/{ann.pk}/erase/", "/erasures/"):
        assert client.get(address).status_code == 403
    assert client.post(f"/profiles/id/{ann.pk}/erase/", {"number": ann.pk}).status_code == 403
    assert Profile.objects.filter(pk=ann.pk).exists()


def test_by_command(ann: Profile) -> None:
    out = StringIO()
    call_command("erase", "Ann@example.com", stdout=out, stderr=StringIO())
    printed = json.loads(out.getvalue())
    assert (printed["profile"], printed["by"]) == (ann.pk, "the installation")
    assert not Profile.objects.exists()
    with pytest.raises(CommandError, match="Nobody has this"):
        call_command("erase", "ann", stderr=StringIO())
