"""U+0000 in an address or a form, which PostgreSQL refuses: a bad request that says so, never a fault."""

import pytest
from django.test import Client

from accounts.models import Team
from tests.pages.company import make_person, make_segment


@pytest.fixture
def administrator(client: Client, db: None) -> Client:
    person = make_person("ada@example.com", "Ada")
    person.is_superuser = person.sees_personal_data = True
    person.save()
    client.force_login(person)
    return client


@pytest.mark.parametrize(
    "address",
    [
        "/activations/new/?segment=%00",
        "/activations/new/sample/?segment=%00",
        "/data/quarantine/?kind=%00",
        "/segments/new/?copy=%00",
    ],
)
def test_in_an_address(administrator: Client, team: Team, address: str) -> None:
    answer = administrator.get(address)
    assert (answer.status_code, "U+0000" in answer.content.decode()) == (400, True)


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("/profiles/", {"q": "\0"}),
        ("/choose-team/", {"team": "\0"}),
        ("/segments/new/draft/", {"definition": "\0"}),
        ("/segments/trials/draft/", {"name": "\0"}),
    ],
)
def test_in_a_form(administrator: Client, team: Team, address: str, form: dict[str, str]) -> None:
    make_segment("trials", team)
    answer = administrator.post(address, form)
    assert (answer.status_code, "U+0000" in answer.content.decode()) == (400, True)
